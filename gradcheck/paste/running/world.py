"""All that one run of a program can reach: its globals, built-in names and modules."""

import ast
import random
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.paste.running import trial
from gradcheck.paste.running.assumptions import Ledger
from gradcheck.paste.running.data import Data, Guess
from gradcheck.paste.running.knowledge import Knowledge
from gradcheck.paste.running.modules import Modules
from gradcheck.paste.running.resolve import BuiltIns, Resolver
from gradcheck.paste.running.sources import Hub

_SEED = 0


class World:
    """A new world for each run; making one resets the generators of Python and NumPy."""

    def __init__(
        self, known: Knowledge, guesses: Mapping[str, Guess], ledger: Ledger, draw: int = 0
    ) -> None:
        np.random.seed(_SEED)  # noqa: NPY002  (the program's own)
        random.seed(_SEED)
        self.ledger = ledger
        self.supplied: list[str] = []
        self._known = known
        self._line = 0
        self.data = Data(guesses, draw)
        hub = Hub(self.data, ledger, known.sites, known.uses, known.command_line, known.text)
        self.modules = Modules(hub, self._imported)
        self._resolver = Resolver(known, hub, self.modules)
        self.names: dict[str, Any] = {
            "__name__": "__main__",
            "__doc__": None,
            "__file__": "program.py",
            "__builtins__": BuiltIns(self.modules.built_in, self._supply),
        }

    def attempt(self, steps: Sequence[trial.Step]) -> trial.Outcome:
        """Run the steps of a trial; names that are missing are supplied as they come up."""
        return trial.attempt(steps, self.names, self._begin)

    def supply(self, names: Sequence[str]) -> None:
        """Put these names, as far as they mean something, among the globals before a run."""
        self._line = sys.maxsize
        for name in names:
            self._supply(name)

    def closed(self) -> dict[str, Any]:
        """Return the globals; no further names are supplied from now on."""
        self.names["__builtins__"] = dict(self.modules.built_in)
        return self.names

    def _begin(self, line: int) -> None:
        self._line = line

    def _imported(self, name: str) -> Any:
        """Return what a module brings that is not there; it may be what the text shows above."""
        own = self.names.get(name) if name in self._known.defined else None
        return self._resolver.imported(name) if own is None else own

    def _supply(self, name: str) -> Any:
        lines = self._known.bindings.get(name, ())
        if self._line not in lines and any(line > self._line for line in lines):
            raise KeyError(name)  # The program comes to it later.
        value = self._resolver.find(name, bound=bool(lines))
        self.names[name] = value
        self.supplied.append(name)
        return value


def imported(world: World, tree: ast.Module) -> None:
    """Do all imports of the program, for the sake of what they note."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    world.modules.importer(alias.name)
            case ast.ImportFrom(module=str(name), names=names):
                module = world.modules.importer(name, fromlist=("*",))
                for alias in names:
                    getattr(module, alias.name, None)
