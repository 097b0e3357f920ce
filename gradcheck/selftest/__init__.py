"""The self-test: every fault planted in small networks, and what diagnosis makes of it."""
