"""Pasted models as configs: what a program computes, recognised as a network of ops."""
