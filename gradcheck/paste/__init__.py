"""Pasted code: read, run in a sandbox, understood, checked and repaired."""
