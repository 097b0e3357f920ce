"""Faults of the softmax as a layer of its own, and of where it is applied."""
