"""What keeps a network from learning though its gradients are right."""
