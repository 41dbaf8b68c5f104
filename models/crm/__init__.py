"""Leads, before they are customers."""
