"""What a name means that a program uses and nobody has defined: looked up while it runs.

Python asks the built-in names last. A program's are a dict that knows how to find more: modules by
their customary abbreviations, NumPy's functions, usual helpers, and last unseen data.
"""

import copy
import itertools
import re
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from gradcheck.paste.running import updates
from gradcheck.paste.running.absorbing import Absorber
from gradcheck.paste.running.helpers import INITIAL_WORDS, initial, supplied
from gradcheck.paste.running.knowledge import Knowledge
from gradcheck.paste.running.modules import Modules
from gradcheck.paste.running.names import Use
from gradcheck.paste.running.sources import Hub
from gradcheck.paste.running.words import words

_MODULES = {
    "np": "numpy",
    "plt": "matplotlib",
    "mpl": "matplotlib",
    "pyplot": "matplotlib",
    "sns": "seaborn",
    "pd": "pandas",
    "tf": "tensorflow",
    "K": "keras",
    **{
        name: name
        for name in words(
            "numpy matplotlib pylab seaborn pandas tensorflow keras scipy sklearn math time copy "
            "os sys itertools pickle re json collections functools tqdm datetime logging warnings"
        )
    },
}
_STANDARD: dict[str, Any] = {
    "deepcopy": copy.deepcopy,
    "defaultdict": defaultdict,
    "OrderedDict": OrderedDict,
    "Counter": Counter,
    "deque": deque,
    "namedtuple": namedtuple,  # noqa: PYI024  (for a program to call)
    "partial": partial,
    "chain": itertools.chain,
    "tqdm": lambda iterable=(), *_, **__: iterable,
    "trange": lambda *bounds, **_: range(*bounds),
}
_TABLE_ATTRIBUTES = frozenset(
    {"iloc", "loc", "values", "columns", "head", "drop", "to_numpy", "ix"}
)
_LIST_ATTRIBUTES = frozenset({"append", "extend", "insert"})
_RANDOM_ATTRIBUTES = frozenset(
    {
        *("random", "seed", "randint", "uniform", "shuffle", "choice", "choices", "sample"),
        *("gauss", "randrange", "normalvariate", "Random", "getstate", "setstate"),
    }
)
_CONSTANTS = ("pi", "inf", "nan", "newaxis", "float64", "float32", "int32", "int64", "ndarray")
_UPDATE = re.compile(r"(?i)(?:update|apply|descend|step|optimi[sz]e).*|.*(?:update|descent|step)$")
_LOADER = re.compile(
    r"(?i)(?:^|_)(?:load|read|get|fetch|import|open|prepare|make|create|generate|gen|build)|data(?:set)?s?$"
)
_REPORT = re.compile(
    r"(?i)(?:^|_)(?:plot|show|print|display|draw|visuali[sz]e|save|log|test|check|imshow|figure)"
)
_LAYERS = re.compile(r"(?i)param|weights|theta|net|model|^[pw]$")
_INITIAL = re.compile(r"(?i)init\w*_?(?:param|weight|net|layer)\w*|param\w*_init\w*")
_GRADIENTS = re.compile(r"(?i)^(?:d[A-Z_w].*|g|gs|grads?.*|nabla.*|delta.*|gradients?)$")


class Resolver:
    """Finds the names of one program."""

    def __init__(self, known: Knowledge, hub: Hub, modules: Modules) -> None:
        self._known = known
        self._hub = hub
        self._modules = modules

    def find(self, name: str, *, bound: bool) -> Any:
        """Return the meaning of the name; raises KeyError where it has none.

        `bound` says that the program was to define it and did not come to it: then it is data.
        """
        return self._meaning(name, self._known.uses.get(name), bound=bound)

    def _meaning(self, name: str, use: Use | None, *, bound: bool) -> Any:
        if bound and not (use is not None and use.called):
            return self._data(name, use)
        if name in _MODULES or name == "random":
            return self._module(name, use)
        if name in _STANDARD:
            self._hub.ledger.note("import", name, "is Python's", use.line if use else 0)
            return _STANDARD[name]
        found = self._function(name, use)
        if found is not None:
            return found
        if use is None or use.called:
            return self._called(name, use)
        return self._data(name, use)

    def imported(self, name: str) -> Any:
        """Return what a name means that is imported from an unknown module.

        The program's own variable of that name tells nothing about a function of the module.
        """
        use = self._known.uses.get(name)
        if use is not None and not use.called and name in self._known.methods:
            use = None
        try:
            return self._meaning(name, use, bound=False)
        except KeyError:
            self._hub.data.asked = True
            return self._hub.source(name)

    def _module(self, name: str, use: Use | None) -> Any:
        line = use.line if use else 0
        if name == "random":
            of_numpy = use is not None and not use.attributes <= _RANDOM_ATTRIBUTES
            name, full = "random", "numpy.random" if of_numpy else "random"
        else:
            full = _MODULES[name]
        self._hub.ledger.note("import", name, f"is the module {full}", line)
        return self._modules.module(full)

    def _function(self, name: str, use: Use | None) -> Any:
        line = use.line if use else 0
        helper = supplied(name, self._at_output(name), self._known.in_columns(name))
        if helper is not None and not (use is not None and use.held):
            self._hub.ledger.note("helper", name, f"is supplied: {helper[1]}", line)
            return helper[0]
        of_numpy = _of_numpy(name)
        if of_numpy is not None and (name in _CONSTANTS or (use is not None and use.called)):
            self._hub.ledger.note("import", name, "is NumPy's", line)
            return of_numpy
        if use is not None and use.called and _INITIAL.fullmatch(name):
            self._hub.ledger.note("helper", name, f"is supplied: {INITIAL_WORDS}", line)
            return initial
        if use is not None and use.called and _UPDATE.fullmatch(name):
            self._hub.ledger.note("helper", name, "is supplied: p - learning rate * gradient", line)
            return self._update(name)
        return None

    def _called(self, name: str, use: Use | None) -> Any:
        if _REPORT.search(name):
            self._hub.ledger.note("helper", name, "does nothing here", use.line if use else 0)
            return Absorber(name)
        if _LOADER.search(name) and not name[:1].isupper():
            self._hub.data.asked = True
            return self._hub.loader(name)
        raise KeyError(name)

    def _data(self, name: str, use: Use | None) -> Any:
        if use is not None and use.attributes & _TABLE_ATTRIBUTES:
            return self._modules.module("pandas").DataFrame(self._hub.data.now(name, "table"))
        if use is not None and use.attributes and use.attributes <= _LIST_ATTRIBUTES:
            self._hub.ledger.note("value", name, "is an empty list", use.line)
            return []
        if use is not None and use.keyed and _LAYERS.search(name):
            return self._hub.array(name, "layers")
        if use is not None and use.foreign:
            return self._hub.source(name)
        return self._hub.array(name)

    def _update(self, name: str) -> Callable[..., Any]:
        first = next(iter(self._known.arguments.get(name, ())), [])
        swapped = len(first) > 1 and _GRADIENTS.match(first[0]) and not _GRADIENTS.match(first[1])
        if swapped:
            return lambda g, p, *rest, **named: updates.descend(p, g, *rest, **named)
        return updates.descend

    def _at_output(self, name: str) -> bool:
        """Whether all calls of a derivative are handed what an activation has returned."""
        handed = [texts[0] for texts in self._known.arguments.get(name, ()) if texts]
        return bool(handed) and all(text in self._known.activated for text in handed)


def module_of(name: str) -> str | None:
    """Return the module that a name customarily is where nothing imports it, None for others."""
    return _MODULES.get(name)


class BuiltIns(dict[str, Any]):
    """Built-in names that find more when asked for one that is not there."""

    def __init__(self, given: dict[str, Any], find: Callable[[str], Any]) -> None:
        super().__init__(given)
        self._find = find

    def __missing__(self, name: str) -> Any:
        return self._find(name)


def _of_numpy(name: str) -> Any:
    if name.startswith("_") or name in ("e", "test", "info"):
        return None
    value = getattr(np, name, None)
    if value is None:
        value = getattr(np.random, name, None)
    if value is None:
        value = getattr(np.linalg, name, None)
    return value if callable(value) or name in _CONSTANTS else None
