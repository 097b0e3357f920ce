"""Frameworks that differentiate by themselves, where people write backward passes of their own."""
