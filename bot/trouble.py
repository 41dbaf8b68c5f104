"""Trouble that the person at the keyboard can mend."""


class Trouble(Exception):
    """The message says how."""
