"""Faults of attention."""
