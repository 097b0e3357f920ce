"""Faults of LSTMs and GRUs."""
