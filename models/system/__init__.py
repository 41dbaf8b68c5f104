"""The machinery's own rows: numbers, audit, jobs, deadlines, tokens."""
