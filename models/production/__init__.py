"""Work orders, operations and what the workshop reports."""
