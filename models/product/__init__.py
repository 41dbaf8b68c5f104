"""Products, units and the words people find them by."""
