"""Diagnosis: which known mistakes make exactly the gradients that were claimed."""
