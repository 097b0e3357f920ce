"""Faults of the optimiser and its step, which a gradient can't show."""
