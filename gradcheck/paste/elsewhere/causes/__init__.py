"""Causes of poor learning, one module each, that look for their own evidence."""
