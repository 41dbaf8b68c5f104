"""What customers owe, and how much more they may."""
