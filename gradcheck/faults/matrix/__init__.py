"""Faults of matrix products: their order, their transposes and what they sum over."""
