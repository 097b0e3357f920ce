"""Claimed gradients, one module for each kind of author."""
