"""What else keeps a pasted program from learning, measured where its own training starts."""
