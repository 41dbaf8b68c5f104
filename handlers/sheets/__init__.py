"""Tables as Excel and others have them, written and read."""
