"""Faults of dropout: its mask and its factor on the way back."""
