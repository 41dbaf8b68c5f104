"""Links to pages and files, for people without a token of ours."""
