"""Faults of backpropagation through time."""
