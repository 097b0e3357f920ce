"""The built-in names that a pasted program sees: Python's, less what reaches outside."""

import builtins
import functools
import io
from collections.abc import Callable
from typing import Any

from gradcheck.paste.running.absorbing import Absorber
from gradcheck.paste.running.arguments import ANSWER
from gradcheck.paste.running.sites import line_now
from gradcheck.paste.running.sources import Hub


def built_in(hub: Hub, importer: Callable[..., Any]) -> dict[str, Any]:
    """Return the built-in names of a program; a new dict, which the program may spoil."""
    names = dict(vars(builtins))
    for name in ("breakpoint", "help", "copyright", "credits", "license"):
        names[name] = Absorber(name)
    names |= {
        "xrange": range,
        "unicode": str,
        "basestring": str,
        "long": int,
        "unichr": chr,
        "reduce": functools.reduce,
        "display": Absorber("display"),
        "get_ipython": Absorber("get_ipython"),
        "__import__": importer,
        "print": hub.printed.print,
        "input": _asked(hub),
        "raw_input": _asked(hub),
        "open": _opened(hub),
        "exit": leave,
        "quit": leave,
    }
    return names


def _asked(hub: Hub) -> Callable[..., str]:
    def ask(prompt: object = "") -> str:
        hub.ledger.note("input", str(prompt).strip() or "input()", f"answered {ANSWER}", line_now())
        return ANSWER

    return ask


class _Text(io.StringIO):
    """An open text; it can be read again from where it was, whatever has been done meanwhile."""

    def close(self) -> None:
        pass


def _opened(hub: Hub) -> Callable[..., _Text]:
    def open_stand_in(file: object, mode: str = "r", *_: object, **__: object) -> _Text:
        if set(mode) & set("wax+"):
            return _Text()
        hub.ledger.note("text", str(file), "is a made-up text: files can't be read", line_now())
        return _Text(hub.text)

    return open_stand_in


def leave(code: object = None) -> None:
    """Do what `sys.exit` does."""
    raise SystemExit(code)
