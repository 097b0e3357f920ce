"""The ops: one module each, with its forward, its analytic backward and their sources."""
