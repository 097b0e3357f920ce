"""Faults of the derivative of an activation."""
