"""The referee: a problem in, a check for every parameter out."""

from gradcheck.referee.account import Clock
from gradcheck.referee.blocks import Spread, Work, work_alone
from gradcheck.referee.check import check, selected
from gradcheck.referee.outcome import Outcome

__all__ = ["Clock", "Outcome", "Spread", "Work", "check", "selected", "work_alone"]
