"""Invoices, money, what is owed, and the books behind them."""
