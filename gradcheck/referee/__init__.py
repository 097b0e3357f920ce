"""The referee: a problem in, a check for every parameter out."""

from gradcheck.referee.account import Clock
from gradcheck.referee.blocks import SIZE, Block, Spread, measure_alone
from gradcheck.referee.check import check, selected
from gradcheck.referee.outcome import Outcome

__all__ = ["SIZE", "Block", "Clock", "Outcome", "Spread", "check", "measure_alone", "selected"]
