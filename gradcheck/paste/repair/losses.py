"""The loss of a trial, held against what it was before a change."""

from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.paste.understanding.candidates import Candidate, values
from gradcheck.paste.understanding.steps import Trial

_ROUNDED = 1e-12


def share_of(loss: Candidate, trial: Trial) -> Any:
    """Return what a trial adds to a loss that runs on from step to step; None where it does not."""
    own = [event for event in trial.events if event.site == loss.site]
    return own[-1].right if len(own) == 1 and own[0].augments else None


def has_loss(loss: Candidate, trial: Trial, wanted: float) -> bool:
    """Tell whether a trial has a loss; an implied one may have had its difference turned."""
    either = [loss, replace(loss, left=not loss.left)]
    if any(e.site == loss.site and e.left is None for e in trial.events):
        either = [one for one in either if one.standard is None]
    losses = values(either[: 1 if loss.standard is None else 2], trial.events)
    # Parameters that the loss feels nothing of may still change how it is rounded.
    return any(np.isclose(one, wanted, rtol=_ROUNDED, atol=0, equal_nan=True) for one in losses)
