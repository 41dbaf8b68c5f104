"""Tests mirror the source; scenarios are whole stories."""
