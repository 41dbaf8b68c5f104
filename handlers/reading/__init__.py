"""Reading figures and dates out of Chinese text."""
