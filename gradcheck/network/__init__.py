"""The network: a graph of ops with a loss, run forwards, backwards, and at moved parameters."""
