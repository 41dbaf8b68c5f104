"""Runs a mini-program's own folder in the browser: its pages through glass-easel, its requests through here."""
