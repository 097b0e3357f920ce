"""Faults of networks that are no chain: values used twice, shortcuts, shared weights."""
