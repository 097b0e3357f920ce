"""The faults: one known mistake of hand-written backprop per module, in folders by family."""
