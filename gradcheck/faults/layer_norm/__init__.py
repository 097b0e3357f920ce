"""Faults of layer norm and the other norms of single samples."""
