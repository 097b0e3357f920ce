"""Repair: which statement of a pasted program is wrong, and the smallest edit that rights it."""
