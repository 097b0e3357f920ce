"""The referee: a problem in, a check for every parameter out."""

from gradcheck.referee.check import check
from gradcheck.referee.outcome import Outcome

__all__ = ["Outcome", "check"]
