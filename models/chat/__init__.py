"""Who is at which door, what was said last, and the keys people hold."""
