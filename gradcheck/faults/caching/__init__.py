"""Faults of what is kept between the passes, and of arrays that are one and the same."""
