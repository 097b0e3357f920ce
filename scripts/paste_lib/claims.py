"""What a text's programs claim at fresh random points, to hold two texts against each other."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.paste.reading.read import read
from gradcheck.paste.sandbox.launch import call

SERVICE = "gradcheck.paste.understanding.understand"
DRAW = 3
"""Neither the points of the search for repairs nor those of their proof."""

_SAME = 1e-6

Told: TypeAlias = list[dict[str, Any]]
"""The answer to each program of a text."""


def told(text: str) -> Told:
    """Return what is understood of each program of a text; no steps where it can't be run."""
    return [_asked(program.source) for program in read(text).programs]


def _asked(source: str) -> dict[str, Any]:
    try:
        return call(SERVICE, {"source": source, "draw": DRAW})
    except GradcheckError as error:
        return {"steps": [], "failures": [{"line": 0, "error": str(error)}]}


def agree(one: Told, other: Told) -> bool:
    """Tell whether two texts have equal parameters and claims, all along."""
    found, wanted = dict(_claims(one)), dict(_claims(other))
    return bool(wanted) and found.keys() == wanted.keys() and _close(found, wanted, 1.0)


def factor(one: Told, other: Told) -> float | None:
    """Return the one factor by which all claims of `one` are those of `other`, if there is one.

    At the first point: later ones are drawn around weights that steps before have changed.
    """
    found, wanted = dict(_claims(one, 1)), dict(_claims(other, 1))
    if not wanted or found.keys() != wanted.keys():
        return None
    left, right = _joined(found), _joined({key: wanted[key] for key in found})
    if len(left) != len(right) or not right @ right:
        return None
    ratio = float(left @ right / (right @ right))
    return ratio if _close(found, wanted, ratio) else None


def _close(one: Mapping[Any, Any], other: Mapping[Any, Any], ratio: float) -> bool:
    return all(
        value.shape == other[key].shape
        and np.linalg.norm(value - ratio * other[key])
        <= _SAME * abs(ratio) * np.linalg.norm(other[key]) + 1e-12
        for key, value in one.items()
    )


def _joined(claims: Mapping[Any, Any]) -> Any:
    return np.concatenate(list(claims.values()))


def _claims(answers: Told, count: int | None = None) -> Iterator[tuple[Any, Any]]:
    """Yield each parameter's claims at so many points."""
    for key, parameter in _parameters(answers):
        yield key, _column(parameter["rows"][:count], "claim", slice(None))


def _column(rows: list[dict[str, Any]], name: str, part: slice) -> Any:
    values = [value for row in rows for value in row[name][part]]
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _parameters(answers: Told) -> Iterator[tuple[Any, dict[str, Any]]]:
    for program, answer in enumerate(answers):
        for step, found in enumerate(answer["steps"]):
            for parameter in found["parameters"]:
                if parameter["rows"]:
                    yield (program, step, parameter["name"]), parameter
