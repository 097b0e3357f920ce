"""Texts read as programs, with a way back from every line to the text as given."""
