"""What can be wrong with a check itself: to be ruled out before a gradient is accused."""
