"""The referee: a problem in, a check for every parameter out."""

from gradcheck.referee.check import Outcome, check

__all__ = ["Outcome", "check"]
