"""The double-entry books: chart of accounts, entries, closed periods."""
