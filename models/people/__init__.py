"""Colleagues at work: when and where they came."""
