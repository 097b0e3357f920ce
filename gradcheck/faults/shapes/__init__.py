"""Faults of shapes that fit where they should not."""
