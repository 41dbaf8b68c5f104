"""Stock: what there is, and every document that changes it."""
