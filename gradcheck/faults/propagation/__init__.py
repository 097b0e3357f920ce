"""Faults of the order of the backward pass, and of values that belong to another moment."""
