"""Stand-ins for what would bring data from outside: loaders, data sets, files of arrays."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Self

from gradcheck.paste.running.assumptions import Ledger
from gradcheck.paste.running.data import Data, Hint
from gradcheck.paste.running.names import Use
from gradcheck.paste.running.printing import Printed
from gradcheck.paste.running.sites import Pattern, Sites, line_now

_LABELS = re.compile(
    r"(?i)(^|_)(y|ys|yy|t|label|labels|lab|target|targets|class|classes|truth|expected|desired|"
    r"output_data|outputs|answers?|d)($|_|\d)|label|target|one_?hot|^y[A-Z_]|^Y"
)
_PARAMETERS = re.compile(
    r"^(?:[wWbBvVuU]\d*|[wWbB](?:_?[a-z]{1,3})?\d*|theta\d*|thetas?|weights?\w*|bias(?:es)?\w*|coef\w*)$"
)
_ARRAYS = re.compile(r"^(data|target|images?|labels?|values|features?|X|y|x|inputs?|outputs?)$")


def hint_of(name: str) -> Hint:
    """Return what data of this name customarily are."""
    if _LABELS.search(name):
        return "labels"
    return "parameter" if _PARAMETERS.match(name) else "array"


class Source:
    """An object from elsewhere of which only the name is known.

    A call gives unseen data for each name that the calling statement assigns to, so do
    attributes that are customarily arrays; other attributes are sources again.
    """

    def __init__(self, name: str, hub: "Hub") -> None:
        self._name = name
        self._hub = hub

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        full = f"{self._name}.{name}"
        return self._hub.array(full) if _ARRAYS.match(name) else Source(full, self._hub)

    def __call__(self, *_: object, **__: object) -> Any:
        return self._hub.loaded(f"{self._name}()")

    def __getitem__(self, key: object) -> Any:
        return self._hub.array(f"{self._name}[{key!r}]", hint_of(str(key)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def __deepcopy__(self, memory: object) -> Self:
        return self


class Hub:
    """What the stand-ins of one run share: the guesses, the ledger, the program's assignments.

    `arguments` are the indices at which the program looks into its command line, `text` is what
    files hold.
    """

    def __init__(
        self,
        data: Data,
        ledger: Ledger,
        sites: Sites,
        uses: Mapping[str, Use],
        arguments: frozenset[int],
        text: str,
    ) -> None:
        self.text = text
        self.data = data
        self.arguments = arguments
        self.ledger = ledger
        self.sites = sites
        self.uses = uses
        self.printed = Printed()

    def loaded(self, name: str) -> Any:
        """Return unseen data, one for each name on the left of the statement that is run."""
        return self._filled(self.sites.pattern(name))

    def array(self, name: str, hint: Hint | None = None) -> Any:
        return self.data.of(name, hint or self.hint(name))

    def hint(self, name: str) -> Hint:
        """Return what data of this name are, by how the program uses it and by custom."""
        use = self.uses.get(name)
        if use is not None and (use.parted or use.picks):
            return "table" if use.parted else "index"
        said = hint_of(name)
        return "parameter" if said == "array" and use is not None and use.moved else said

    def source(self, name: str) -> Source:
        return Source(name, self)

    def loader(self, name: str) -> Callable[..., Any]:
        """Return a function that loads unseen data, whatever it is asked for."""

        def load(*_: object, **__: object) -> Any:
            self.ledger.note("data", name, "gives data made up here", line_now())
            return self.loaded(f"{name}()")

        return load

    def _filled(self, pattern: Pattern) -> Any:
        if isinstance(pattern, list):
            return tuple(self._filled(part) for part in pattern)
        use = self.uses.get(pattern)
        return self.source(pattern) if use is not None and use.foreign else self.array(pattern)
