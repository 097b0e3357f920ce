"""The gradient-checking debugger."""

__version__ = "0.1.0"
