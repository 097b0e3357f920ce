"""The project's settings: `[tool.gradcheck]` of the nearest pyproject.toml, or gradcheck.toml.

A config's own `check:` goes before what it says about how to check, and the command line before
both. Paths are relative to the file.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any, TypeAlias

import click

from gradcheck.errors import ConfigError
from gradcheck.record import record
from gradcheck.report import LEVELS
from gradcheck.settings import MAX_POINTS, Settings, parsed_budget

Read: TypeAlias = Callable[[Any], Any]
"""Turns a value of the file into the option's; raises ValueError that says what is expected."""


@record
class Project:
    """Settings for the checks themselves, and defaults of options by their parameters' names."""

    base: Settings = field(default_factory=Settings)
    options: Mapping[str, Any] = field(default_factory=dict)


class Configured(click.Command):
    """A command whose options have the project's settings as defaults; its context has them all."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        found = project(Path.cwd())
        given = {"obj": found, "default_map": found.options}
        return super().make_context(info_name, args, parent, **{**given, **extra})


def project(folder: Path) -> Project:
    """Return the settings for a folder: those of the nearest file above that has any."""
    for above in (folder, *folder.parents):
        for name, keys in (("pyproject.toml", ("tool", "gradcheck")), ("gradcheck.toml", ())):
            path = above / name
            table = _table(path, keys)
            if table is not None:
                return _read(table, path)
    return Project()


def _table(path: Path, keys: tuple[str, ...]) -> Mapping[str, Any] | None:
    """Return the table of a file that the keys lead to; None if the file lacks it."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    if keys and keys[-1].encode() not in raw:
        return None
    import tomllib

    try:
        table: Any = tomllib.loads(raw.decode())
    except ValueError as error:
        raise ConfigError(f"this is no TOML: {error}", _shown(path)) from None
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"expected a table [{'.'.join(keys)}], found {table!r}", _shown(path))
    return table


def _shown(path: Path) -> str:
    return os.path.relpath(path)


def _read(table: Mapping[str, Any], path: Path) -> Project:
    base: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _BASE and key not in _OPTIONS:
            raise ConfigError(f"there is no setting {key!r}{_near(key)}", _shown(path))
        try:
            if key in _BASE:
                base[key] = _BASE[key](value)
            else:
                name, read = _OPTIONS[key]
                options[name] = read(value)
        except ValueError as error:
            raise ConfigError(f"{key}: {error}, found {value!r}", _shown(path)) from None
    for name in ("targets", "baseline"):
        if name in options:
            options[name] = _relative(options[name], path.parent)
    return Project(base=Settings(**base), options=options)


def _near(key: str) -> str:
    from difflib import get_close_matches

    known = (*_BASE, *_OPTIONS)
    near = get_close_matches(key, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(sorted(known))}"


def _relative(value: Any, folder: Path) -> Any:
    if isinstance(value, str):
        return os.path.relpath(folder / value)
    return [_relative(item, folder) for item in value]


def _one_of(words: tuple[str, ...], value: Any) -> str:
    if value not in words:
        raise ValueError(f"expected one of {', '.join(words)}")
    return str(value)


def _whole(low: int, high: int | None, value: Any) -> int:
    if type(value) is not int or value < low or (high is not None and value > high):
        most = f" to {high}" if high is not None else " or more"
        raise ValueError(f"expected a whole number, {low}{most}")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("expected a number")
    if not isfinite(value) or value < 0:
        raise ValueError("expected a finite number, 0 or more")
    return float(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a text")
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("expected a list of texts")
    return value


def _budget(value: Any) -> Any:
    return parsed_budget(str(value) if type(value) is int else _text(value))


def _jobs(value: Any) -> str:
    return str(value) if value == "auto" else str(_whole(1, None, value))


_BASE: Mapping[str, Read] = {
    "mode": partial(_one_of, ("quick", "full", "exhaustive")),
    "method": partial(_one_of, ("auto", "complex_step", "differences")),
    "points": partial(_whole, 1, MAX_POINTS),
    "seed": partial(_whole, 0, None),
    "budget": _budget,
    "rtol": _number,
}
"""How to check; a config may say otherwise."""

_OPTIONS: Mapping[str, tuple[str, Read]] = {
    "targets": ("targets", _texts),
    "only": ("only", _texts),
    "select": ("select", _texts),
    "ignore": ("ignore", _texts),
    "jobs": ("jobs", _jobs),
    "timeout": ("timeout", _number),
    "python": ("python", _flag),
    "cache": ("cache", _flag),
    "expect": ("expect", _flag),
    "fail-on": ("fail_on", partial(_one_of, LEVELS)),
    "baseline": ("baseline", _text),
    "format": ("formats", _texts),
    "color": ("color", partial(_one_of, ("auto", "always", "never"))),
}
"""The parameter of each option, and what reads it."""
