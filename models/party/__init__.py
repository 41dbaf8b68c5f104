"""People, departments, customers and suppliers."""
