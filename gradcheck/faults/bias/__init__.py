"""Faults of the gradients of biases."""
