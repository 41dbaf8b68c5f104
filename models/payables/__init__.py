"""What we owe suppliers, how it is paid, and the budgets it is spent from."""
