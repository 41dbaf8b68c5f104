"""Ways in, each of which knows one wire format and nothing else."""
