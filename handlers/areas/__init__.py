"""What people can ask for, one module per area."""
