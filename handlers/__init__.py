"""What people can ask for, and the small kernel that runs it."""
