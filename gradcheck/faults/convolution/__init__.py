"""Faults of convolutions."""
