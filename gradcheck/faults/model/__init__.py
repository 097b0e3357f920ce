"""Faults of the forward pass, whose gradient is exact for the wrong function."""
