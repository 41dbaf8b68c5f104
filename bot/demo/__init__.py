"""The demo company, and the command that shows it working."""
