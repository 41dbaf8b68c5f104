"""Warehouses, balances, moves and reservations."""
