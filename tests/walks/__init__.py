"""Walks: people do at random what they could do, and afterwards the books must agree."""
