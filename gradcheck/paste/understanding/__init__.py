"""What a program trains, found by running it: step, parameters, loss and claimed gradients."""
