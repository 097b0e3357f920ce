"""Faults of looking things up by number, and of putting gradients back there."""
