"""Faults of losses and of their gradients."""
