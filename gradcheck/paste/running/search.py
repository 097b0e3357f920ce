"""The search for guesses of unseen data: best first, by what short runs of the program say.

Data are guessed in the order in which the program comes to use them. A set of guesses is the
better, the fewer statements fail that other data could heal, the fewer operations stretch their
arrays and the fewer loops never turn (see `trial`), and the likelier the guesses are by themselves.
The best set so far is always the one that is extended.
"""

import heapq
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import TypeAlias

from gradcheck.paste.running.assumptions import Failure
from gradcheck.paste.running.data import Guess, Hint
from gradcheck.paste.running.lessons import lessons
from gradcheck.paste.running.trial import Outcome
from gradcheck.record import record

_MOST_TRIALS = 400
_MOST_PER_NAME = 120
# How many worse guesses for one name are tried before a better-looking set for fewer names.
_CREDIT = 15
# Softmax may have an uneven difference of its own, so this is weak evidence.
_UNEVEN = 40
_DOUBT = 300
_CONTRARY = 60
_REPEATED = 15
_PATIENCE = 120
# Whatever the data are, these failures stay.
_NOT_OF_DATA = frozenset(
    {"NameError", "UnboundLocalError", "ImportError", "SyntaxError", "SystemExit"}
)

Rank: TypeAlias = tuple[int, int, int]
Try: TypeAlias = Callable[[Mapping[str, Guess]], Outcome]
Offer: TypeAlias = Callable[[str, Hint, Mapping[str, Guess]], Iterable[Guess]]


@record
class State:
    """Guesses, and what a trial with them saw; `order` is the sum of the guesses' places."""

    guesses: Mapping[str, Guess]
    outcome: Outcome
    order: int

    @property
    def finished(self) -> bool:
        return self.outcome.wanted is None

    @property
    def sound(self) -> bool:
        """Whether all data are there, and nothing failed that other data could heal."""
        return self.finished and not self.healable

    @property
    def healable(self) -> int:
        """How many failures other data could heal."""
        return sum(failure.error not in _NOT_OF_DATA for failure in self.outcome.failures)

    @property
    def arrays(self) -> int:
        return sum(guess.kind != "number" for guess in self.guesses.values())

    def rank(self, place: int = 0) -> Rank:
        """Return what is compared, smallest first; `place` is that of the next guess."""
        seen = self.outcome
        doubts = _UNEVEN * len(seen.uneven) + sum(map(_doubt, self.guesses.values()))
        order = self.order + place + doubts - _CREDIT * self.arrays
        return self.healable, len(seen.stretched) + len(seen.idle), order


def found(
    attempt: Try,
    offer: Offer,
    seconds: float,
    samples: Sequence[int] = (),
    clock: Callable[[], float] = time.thread_time,
) -> State:
    """Return the best state; it may still want data when the search has used up its trials.

    `seconds` bounds the processor's time. `offer` gives the guesses for a name, after a run with
    the guesses that it is told; `samples` is how many samples there may be.
    """
    deadline = clock() + seconds
    serial = count()
    first = State(guesses={}, outcome=attempt({}), order=0)
    seen = [first]
    open_states: list[tuple[Rank, int, State, int, _Offers]] = []

    def put(state: State) -> None:
        guesses: Iterable[Guess] = ()
        if state.outcome.wanted is not None:
            name, hint = state.outcome.wanted
            guesses = offer(name, hint, state.guesses)
        heapq.heappush(
            open_states, (state.rank(), next(serial), state, 0, _Offers(guesses, samples))
        )

    put(first)
    while open_states and not _enough(seen) and clock() < deadline:
        _, _, state, place, guesses = heapq.heappop(open_states)
        if state.finished:
            return state
        guess = next(guesses, None)
        if guess is None:
            continue
        child = _extended(state, guess, place, attempt)
        seen.append(child)
        put(child)
        if child.healable > state.healable:
            guesses.learn(guess, child.outcome, state.outcome.wanted)
        if not _settles(guess, place, state, child):
            again = state.rank(place + 1 + guesses.doubt)
            heapq.heappush(open_states, (again, next(serial), state, place + 1, guesses))
    return min(seen, key=_worth)


class _Offers:
    """The guesses for one name, those first that failures of others have led to."""

    def __init__(self, guesses: Iterable[Guess], samples: Sequence[int]) -> None:
        self._samples = samples
        self._left = deque(islice(dict.fromkeys(guesses), _MOST_PER_NAME))
        self._made: set[Guess] = set()
        self._failures: Counter[Failure] = Counter()

    def __iter__(self) -> Iterator[Guess]:
        return self

    def __next__(self) -> Guess:
        if not self._left:
            raise StopIteration
        guess = self._left.popleft()
        self._made.add(guess)
        return guess

    @property
    def doubt(self) -> int:
        """How doubtful it is that the next guess will do.

        Where the same happens whatever the guess, another name is to blame.
        """
        repeated = self._failures.total() - len(self._failures)
        return _REPEATED * repeated + (_doubt(self._left[0]) if self._left else 0)

    def learn(self, guess: Guess, outcome: Outcome, wanted: tuple[str, Hint] | None) -> None:
        """Offer next what the last failure says that a guess might better have been.

        What data are is known best by their names; parameters only have to fit.
        """
        if wanted is None or wanted[1] != "parameter":
            return
        failure = outcome.failures[-1]
        self._failures[failure] += 1
        taught = lessons(guess, failure.message, self._samples)
        better = [one for one in taught if one not in self._made]
        self._made.update(better)
        self._left = deque([*better, *(one for one in self._left if one not in better)])


def _doubt(guess: Guess) -> int:
    return _DOUBT * guess.doubtful + _CONTRARY * guess.contrary


def _worth(state: State) -> tuple[bool, int, Rank]:
    return not state.finished, -len(state.guesses), state.rank()


def _enough(seen: Sequence[State]) -> bool:
    """Whether the trials are used up, or many of late have brought nothing better."""
    if len(seen) >= _MOST_TRIALS:
        return True
    if len(seen) % _PATIENCE or len(seen) < 2 * _PATIENCE:
        return False
    best = min(seen, key=_worth)
    return best.finished and best in seen[:-_PATIENCE]


def _extended(state: State, guess: Guess, place: int, attempt: Try) -> State:
    assert state.outcome.wanted is not None
    guesses = {**state.guesses, state.outcome.wanted[0]: guess}
    return State(guesses=guesses, outcome=attempt(guesses), order=state.order + place)


def _settles(guess: Guess, place: int, state: State, child: State) -> bool:
    """Whether a number is customary and does no harm, so that no other need be tried."""
    return guess.kind == "number" and place == 0 and child.rank()[:2] <= state.rank()[:2]
