"""What clock time sets in motion."""
