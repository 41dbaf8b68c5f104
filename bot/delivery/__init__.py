"""Telling people what happened, after it has been committed."""
