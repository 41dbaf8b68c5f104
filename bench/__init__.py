"""How fast the product answers, as ratios within one run: `make bench`."""
