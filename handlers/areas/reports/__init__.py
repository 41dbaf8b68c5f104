"""Figures over a period: one measure, one dimension, one query; and the day as a manager wants it."""
