"""The search for guesses of unseen data: runs are tried, and those that fit best are extended.

A beam search. Data are guessed in the order in which the program comes to use them. A set of
guesses is the better, the fewer statements fail, the fewer products stretch both sides (see
`trial`), and the likelier the guesses are by themselves.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from gradcheck.paste.running.data import Guess, Hint
from gradcheck.paste.running.trial import Outcome
from gradcheck.record import record

_BEAM = 4
_MOST_TRIALS = 400
_MOST_PER_NAME = 90
_SECONDS = 6.0
_NOT_OF_DATA = frozenset({"NameError", "ImportError", "ModuleNotFoundError", "SyntaxError"})


@record
class State:
    """Guesses, and what a trial with them saw; `order` is the sum of the guesses' places."""

    guesses: Mapping[str, Guess]
    outcome: Outcome
    order: int

    @property
    def rank(self) -> tuple[int, int, int]:
        return len(self.outcome.failures), self.outcome.stretched, self.order

    @property
    def fits(self) -> bool:
        """Whether nothing is wanting, and nothing failed that other data could heal."""
        ours = any(failure.error not in _NOT_OF_DATA for failure in self.outcome.failures)
        return self.outcome.wanted is None and not self.outcome.stretched and not ours


Try = Callable[[Mapping[str, Guess]], Outcome]
Offer = Callable[[str, Hint, Mapping[str, Guess]], Iterable[Guess]]


def found(attempt: Try, offer: Offer, clock: Callable[[], float] = time.monotonic) -> State:
    """Return the best state; it may still want data when the search has used up its trials.

    `offer` gives the guesses for a name, after a run with the guesses it is told.
    """
    deadline = clock() + _SECONDS
    beam = [State(guesses={}, outcome=attempt({}), order=0)]
    trials = 0
    while beam[0].outcome.wanted is not None:
        children: list[State] = []
        for state in beam:
            for child in _children(state, attempt, offer):
                children.append(child)
                trials += 1
                if child.fits:
                    return child
                if trials > _MOST_TRIALS or clock() > deadline:
                    return min([*children, *beam], key=_finished_first)
        if not children:
            break
        beam = sorted(children, key=lambda child: child.rank)[:_BEAM]
    return beam[0]


def _children(state: State, attempt: Try, offer: Offer) -> Iterable[State]:
    if state.outcome.wanted is None:
        yield state
        return
    name, hint = state.outcome.wanted
    offered = dict.fromkeys(offer(name, hint, state.guesses))
    for place, guess in enumerate(islice(offered, _MOST_PER_NAME)):
        guesses = {**state.guesses, name: guess}
        yield State(guesses=guesses, outcome=attempt(guesses), order=state.order + place)


def _finished_first(state: State) -> tuple[bool, int, int, int]:
    return state.outcome.wanted is not None, *state.rank
