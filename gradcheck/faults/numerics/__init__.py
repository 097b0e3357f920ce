"""Faults of computing with finite precision."""
