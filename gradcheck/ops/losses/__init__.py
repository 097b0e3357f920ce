"""The losses: each maps a prediction and a target to loss terms, one for each sample or element."""
