"""Faults of batch norm."""
