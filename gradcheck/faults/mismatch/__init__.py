"""Findings about a gradient that no known mistake explains."""
