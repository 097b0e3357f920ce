"""The command line of a pasted program: as many arguments as it asks for, each a small number."""

import re
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from gradcheck.paste.running.absorbing import Absorber
from gradcheck.paste.running.assumptions import Ledger
from gradcheck.paste.running.sites import line_now

ANSWER = "3"
"""What a program is told where it asks a person."""


def command_line(indices: Iterable[int], ledger: Ledger) -> list[str]:
    """Return `sys.argv` with arguments up to the last of the indices that a program uses."""
    count = max(indices, default=0)
    if count:
        ledger.note("input", "sys.argv", f"has {count} arguments, all of them {ANSWER}", line_now())
    return ["program.py", *[ANSWER] * count]


def argparse(_: object) -> SimpleNamespace:
    """Return a stand-in for the module of that name: every argument has its default."""
    names = ("ArgumentDefaultsHelpFormatter", "RawTextHelpFormatter", "FileType", "Namespace")
    return SimpleNamespace(
        ArgumentParser=_Parser,
        SUPPRESS=None,
        **{name: Absorber(name) for name in names},
    )


class _Parser:
    """Collects arguments, and answers with their defaults."""

    def __init__(self, *_: object, **__: object) -> None:
        self._values: dict[str, Any] = {}

    def add_argument(self, *flags: str, **told: Any) -> None:
        long = [flag for flag in flags if flag.startswith("--")] or list(flags)
        name = told.get("dest") or re.sub(r"\W", "_", long[0].lstrip("-"))
        self._values[name] = _default(told)

    def add_argument_group(self, *_: object, **__: object) -> "_Parser":
        return self

    add_mutually_exclusive_group = add_argument_group

    def set_defaults(self, **values: Any) -> None:
        self._values |= values

    def parse_args(self, *_: object) -> SimpleNamespace:
        return SimpleNamespace(**self._values)

    def parse_known_args(self, *_: object) -> tuple[SimpleNamespace, list[str]]:
        return self.parse_args(), []

    def print_help(self, *_: object) -> None:
        """Do nothing: nobody reads it."""


def _default(told: dict[str, Any]) -> Any:
    kind: Callable[[str], Any] = told.get("type") or str
    match told.get("action"):
        case "store_true" | "store_false" as action:
            return told.get("default", action == "store_false")
    if "default" in told:
        given = told["default"]
        return kind(given) if isinstance(given, str) else given
    answer = kind(str(told["choices"][0]) if told.get("choices") else ANSWER)
    return [answer] if told.get("nargs") in ("+", "*") else answer
