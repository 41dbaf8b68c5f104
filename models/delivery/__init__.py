"""Notices on their way to people, and what became of each."""
