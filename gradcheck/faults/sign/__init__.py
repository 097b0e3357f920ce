"""Faults that turn a gradient round."""
