"""What is on its way from suppliers."""
