"""Lists and reports as files for Excel."""
