"""Faults of the derivative of the loss."""
