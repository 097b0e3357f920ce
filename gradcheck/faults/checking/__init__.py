"""What makes a gradient check itself lie."""
