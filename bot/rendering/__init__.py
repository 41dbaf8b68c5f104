"""Turning facts into cards, and cards into what each door shows best."""
