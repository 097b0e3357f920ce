"""Ops of the user's own: an expression in the config, or a function of Python's."""
