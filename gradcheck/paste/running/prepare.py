"""A pasted program made ready to run: the one way into this package."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from gradcheck.paste.running import guesses as guessing
from gradcheck.paste.running import search, shrinking, trial
from gradcheck.paste.running.assumptions import Assumption, Failure, Ledger
from gradcheck.paste.running.data import Guess, Hint
from gradcheck.paste.running.driver import appended, driven
from gradcheck.paste.running.execution import flags_of, tamed
from gradcheck.paste.running.facts import facts, samples
from gradcheck.paste.running.knowledge import Knowledge
from gradcheck.paste.running.minimisers import descended, prepended
from gradcheck.paste.running.names import undefined
from gradcheck.paste.running.ordering import ordered
from gradcheck.paste.running.overrides import overridden
from gradcheck.paste.running.plain import complete
from gradcheck.paste.running.resolve import module_of
from gradcheck.paste.running.shown import shortened
from gradcheck.paste.running.stated import NOTHING, Stated
from gradcheck.paste.running.turns import unrolled
from gradcheck.paste.running.world import World
from gradcheck.record import record

_SECONDS = 3.0


@record
class Options:
    """What has been said: `values` maps names to Python expressions, from `--set`.

    `said` is what the text around the program states of shapes.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    said: Stated = NOTHING


def options(request: Mapping[str, Any]) -> Options:
    """Return what a request says beside the program: `set`, `shapes` and `signs`."""
    said = Stated(shapes=request.get("shapes", {}), signs=bool(request.get("signs")))
    return Options(values=request.get("set", {}), said=said)


@record
class Prepared:
    """A program that can be run again and again from the start, each time alike.

    `tree` is what to run; line numbers are the program's, and those of lines that were added lie
    after its last. `failures` are those of a short trial, and empty where none was needed.
    `guesses` holds the made-up data by the program's names.
    """

    tree: ast.Module
    guesses: Mapping[str, Guess]
    supplied: tuple[str, ...]
    assumptions: tuple[Assumption, ...]
    failures: tuple[Failure, ...]

    @property
    def statements(self) -> Sequence[ast.stmt]:
        return self.tree.body

    @property
    def flags(self) -> int:
        """The compiler's flags that every statement needs."""
        return flags_of(self.tree.body)

    def namespace(self, draw: int = 0) -> dict[str, Any]:
        """Return the names to begin a run with, and reset all generators.

        Another `draw` gives other made-up data of the same shapes and kinds.
        """
        world = World(Knowledge(self.tree), self.guesses, Ledger(), draw)
        world.supply(self.supplied)
        return world.closed()


def prepare(source: str, given: Options | None = None) -> Prepared:
    """Return the program of this text, ready to run.

    Raises SyntaxError where the text, or an expression of the options, is no Python.
    """
    given = given or Options()
    ledger = Ledger()
    told = overridden(ast.parse(source), given.values, ledger)
    tree = shortened(unrolled(tamed(ordered(told))))
    tree, functions = descended(tree)
    if functions:
        texts = "".join(functions)
        ledger.note("driver", "the optimiser", f"is replaced by plain descent:\n{texts}")
        tree = ast.fix_missing_locations(prepended(tree, functions))
    text = driven(tree)
    if text is not None:
        ledger.note("driver", "the functions", f"are called by lines added here:\n{text}")
        tree = appended(tree, text)
    fewer = shrinking.data_sets(tree)
    if fewer:
        tree = _smaller(tree, fewer, ledger)
    whole = complete(tree)
    if whole is not None:
        return _ready(tree, whole, (), {}, ledger)
    return _searched(tree, given.said, ledger)


def _searched(tree: ast.Module, said: Stated, ledger: Ledger) -> Prepared:
    smaller = shrinking.sizes(tree)
    if smaller:
        noted = Ledger()
        small = _smaller(tree, smaller, noted)
        state, world = _search(small, said, _SECONDS / 2)
        if state.guesses and state.sound:
            ledger.take(noted)
            return _ready(small, world, state.outcome.failures, state.guesses, ledger)
    state, world = _search(tree, said, _SECONDS)
    return _ready(tree, world, state.outcome.failures, state.guesses, ledger)


def _smaller(tree: ast.Module, sizes: Mapping[int, int], ledger: Ledger) -> ast.Module:
    for size, stands in sizes.items():
        ledger.note("size", str(size), f"is {stands} here: the data are made up anyway")
    return shrinking.shrunk(tree, sizes)


def _search(tree: ast.Module, said: Stated, seconds: float) -> tuple[search.State, World]:
    """Return the best guesses, and the world of the trial that they were used in."""
    steps, known = trial.prepared(tree), Knowledge(tree)
    last: list[World] = []

    def attempt(guesses: Mapping[str, Guess]) -> trial.Outcome:
        last[:] = [World(known, guesses, Ledger())]
        return last[0].attempt(steps)

    def offer(name: str, hint: Hint, guesses: Mapping[str, Guess]) -> Iterable[Guess]:
        given = facts(tree, last[0].names, known.uses.values(), said)
        return guessing.guesses(name, hint, given, guesses)

    best = search.found(attempt, offer, seconds, samples(tree))
    if last[0].data.guesses != best.guesses:
        attempt(best.guesses)
    return best, last[0]


def _ready(
    tree: ast.Module,
    world: World,
    failures: Sequence[Failure],
    guesses: Mapping[str, Guess],
    ledger: Ledger,
) -> Prepared:
    # A trial comes to what is run: a loss that nobody calls needs its modules, too.
    world.supply([n for n in undefined(tree) if module_of(n) and n not in world.supplied])
    ledger.take(world.ledger)
    for name, guess in guesses.items():
        ledger.note("data", name, f"is made up: {guess.words}")
    return Prepared(
        tree=tree,
        guesses=guesses,
        supplied=tuple(world.supplied),
        assumptions=ledger.assumptions,
        failures=tuple(failures),
    )
