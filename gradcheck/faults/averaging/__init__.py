"""Faults of dividing by the number of samples, and of other constant factors."""
