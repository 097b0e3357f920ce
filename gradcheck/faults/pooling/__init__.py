"""Faults of pooling."""
