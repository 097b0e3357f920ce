"""The child's part that makes a pasted program run, and records all that it had to assume."""
