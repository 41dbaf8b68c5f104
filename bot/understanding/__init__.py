"""Turning what people say into Calls."""
