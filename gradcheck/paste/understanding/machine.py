"""A program that can be run statement by statement, and its parts again and again."""

import ast
import gc
import time
import warnings
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any

import numpy as np

from gradcheck.paste.running.data import Demanded
from gradcheck.paste.running.sites import PROGRAM
from gradcheck.paste.understanding.instrument import Plan, compiled, functions
from gradcheck.paste.understanding.runtime import Course, Event, Runtime, Stop, TooSlow
from gradcheck.paste.understanding.sites import Site, formula, number, of, table
from gradcheck.paste.understanding.snapshot import Snapshot
from gradcheck.record import record

_CROWD = 5_000
"""So many functions are known before it is asked which of them are gone."""


@record
class Ran:
    """How a run ended: `error` is the program's own exception; `reached` the watched iteration."""

    events: list[Event]
    error: str | None = None
    reached: bool = False
    slow: bool = False
    seconds: float = 0.0


class Machine:
    """A program, its variables, and the code that it currently runs as.

    `variables` are the program's globals, with whatever stand-ins it was given; `draw` is the
    number of the random points that it is looked at from. `made_up` tells that it lacks its data.
    """

    def __init__(
        self,
        tree: ast.Module,
        variables: dict[str, Any],
        flags: int = 0,
        draw: int = 0,
        *,
        made_up: bool = False,
    ) -> None:
        self.draw = draw
        self.made_up = made_up
        number(tree)
        self.tree = tree
        self.nodes = {of(node): node for node in ast.walk(tree)}
        self.whiles = frozenset(of(node) for node in ast.walk(tree) if isinstance(node, ast.While))
        """The loops that may never end."""
        self.variables = variables
        self.flags = flags
        self.runtime = Runtime()
        self.runs = 0
        variables.update(self.runtime.names())
        variables.setdefault("__name__", "__main__")
        self._plans: dict[Any, tuple[list[CodeType], dict[int, CodeType]]] = {}
        """The code of all statements under each plan, and that of the functions in it."""
        self._known: dict[Any, CodeType] = {}
        self._within = [frozenset(of(node) for node in ast.walk(one)) for one in tree.body]
        self._codes: list[CodeType] = []
        self._inner: dict[int, CodeType] = {}
        self._sites: Mapping[int, Site] | None = None
        self._crowd = _CROWD
        self.plan = Plan(sites=frozenset())
        self.install(self.plan)

    @property
    def statements(self) -> list[ast.stmt]:
        return self.tree.body

    @property
    def sites(self) -> Mapping[int, Site]:
        """All sites of the program, by number."""
        if self._sites is None:
            self._sites = table(self.tree)
        return self._sites

    def formula(self, text: str, at: int) -> int:
        """Add an expression that is evaluated where a step ends, as a site; return its number.

        The node `at` is where it is reported to be written.

        Raises SyntaxError where the text is no expression.
        """
        node = ast.parse(text, mode="eval").body
        new = max(self.nodes) + 1
        self.nodes[new] = node
        self._sites = {**self.sites, new: formula(text, new, self.sites.get(at))}
        return new

    def install(self, plan: Plan) -> None:
        """Give every statement, and every function there is, the code of a plan."""
        self.plan = plan
        key = _key(plan)
        if key not in self._plans:
            codes = [self._compiled(k, plan) for k in range(len(self.statements))]
            inner = {n: code for whole in codes for n, code in functions(whole).items()}
            self._plans[key] = codes, inner
        self._codes, self._inner = self._plans[key]
        self._swap(self._inner)

    def _compiled(self, index: int, plan: Plan) -> CodeType:
        """Return a statement's code; plans that differ elsewhere share it.

        Of what parses but can't be compiled, as a `return` outside of a function, it only fails.
        """
        key = (index, *_key(plan, self._within[index]))
        if key not in self._known:
            try:
                self._known[key] = compiled(self.statements[index], plan, self.flags)
            except (SyntaxError, ValueError) as error:
                text = f"raise SyntaxError({str(error.args[0])!r})"
                self._known[key] = compile(text, PROGRAM, "exec")
        return self._known[key]

    def put(self, codes: Mapping[int, CodeType]) -> None:
        """Have top-level statements, by their index, run as other code until the next plan or call.

        Of a class that is defined already, functions may be left out. Raises ValueError where a
        function can't have the code.
        """
        self._codes = [*self._plans[_key(self.plan)][0]]
        inner = dict(self._inner)
        for index, code in codes.items():
            self._codes[index] = code
            inner |= functions(code)
        self._swap(inner)

    def _swap(self, codes: Mapping[int, CodeType]) -> None:
        if len(self.runtime.made) > self._crowd:
            self._thin_out()
        for number_, reference in self.runtime.made:
            function = reference()
            code = codes.get(number_)
            if function is not None and code is not None and function.__code__ is not code:
                function.__code__ = code

    def _thin_out(self) -> None:
        """Forget functions that are gone: some programs make one for every number they compute.

        Mostly these know what they were made for and are known by it, so they have to be collected.
        """
        gc.collect()
        self.runtime.made[:] = [pair for pair in self.runtime.made if pair[1]() is not None]
        self._crowd = _CROWD + 2 * len(self.runtime.made)

    def run(self, statement: int, course: Course | None, seconds: float) -> Ran:
        """Run one top-level statement from the state that the variables are in."""
        self.runs += 1
        self.runtime.start(course, seconds)
        begun = time.process_time()
        error, slow = self._executed(statement)
        return self._ran(error, slow, begun)

    def run_through(
        self, statements: range, course: Course, seconds: float, after: Callable[[int], None]
    ) -> Ran:
        """Run several statements, recording at once, and call `after` behind each that succeeds."""
        self.runs += 1
        self.runtime.start(course, seconds)
        self.runtime.record()
        begun = time.process_time()
        slow = False
        for statement in statements:
            error, slow = self._executed(statement)
            if self.runtime.over is not None:
                break
            if error is None:
                after(statement)
        return self._ran(None, slow, begun)

    def _executed(self, statement: int) -> tuple[str | None, bool]:
        """Run one statement; return its error, and whether it took too long."""
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                exec(self._codes[statement], self.variables)  # noqa: S102  (what we are here for)
        except Stop as stop:
            return None, isinstance(stop, TooSlow)
        except Demanded as demanded:
            return f"nothing is known of {demanded.name}, and no data fit it", False
        except (
            Exception,
            SystemExit,
            KeyboardInterrupt,
        ) as caught:  # the program's own, of any kind
            return f"{type(caught).__name__}: {caught}", False
        return None, False

    def _ran(self, error: str | None, slow: bool, begun: float) -> Ran:
        return Ran(
            events=self.runtime.events,
            error=error,
            reached=self.runtime.reached,
            slow=slow,
            seconds=time.process_time() - begun,
        )


class Scene:
    """Top-level statements, the first of them `start`, that can be run again from one state."""

    def __init__(self, machine: Machine, start: int) -> None:
        self.machine = machine
        self.start = start
        self.snapshot = Snapshot(machine.variables)
        self.limit = 5.0

    def run(self, course: Course, plan: Plan) -> Ran:
        """Restore the state and run the first statement."""
        self._restore(plan)
        return self.machine.run(self.start, course, self.limit)

    def run_through(self, course: Course, plan: Plan, after: Callable[[int], None]) -> Ran:
        """Restore the state and run all statements to the program's end."""
        self._restore(plan)
        statements = range(self.start, len(self.machine.statements))
        return self.machine.run_through(statements, course, self.limit, after)

    def _restore(self, plan: Plan) -> None:
        self.snapshot.restore()
        if plan is not self.machine.plan:
            self.machine.install(plan)


def _key(plan: Plan, within: frozenset[int] | None = None) -> Any:
    """Return what tells a plan from others, as far as it concerns some of the sites."""

    def own(numbers: frozenset[int] | None) -> frozenset[int] | None:
        return numbers if numbers is None or within is None else numbers & within

    locals_, constants = (
        tuple((n, v) for n, v in given.items() if within is None or n in within)
        for given in (plan.locals, plan.constants)
    )
    return own(plan.sites), own(plan.loops), locals_, constants
