"""Faults of the penalties on weights."""
