"""Child processes that run the user's code, and the one way to talk to them."""
