"""Calls of the user's code: what it raises becomes a message, complex numbers stay under watch."""

import inspect
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.child.traces import in_users_code, shortened, statement
from gradcheck.child.watched import NotAnalytic, imaginary_kept, is_watched
from gradcheck.errors import ClaimError, NotAnalyticError


def called(subject: str, function: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Call a function with real numbers.

    Raises ClaimError where it fails, or can't be called like that at all.
    """
    try:
        return function(*given, **named)
    except SystemExit as error:
        raise ClaimError(f"{subject} called sys.exit({error.code!r})") from None
    except Exception as error:
        if not in_users_code(error):
            shown = ", ".join(
                [_described(value) for value in given]
                + [f"{name}={_described(value)}" for name, value in named.items()]
            )
            raise ClaimError(
                f"{subject} can't be called as {subject}({shown}): {statement(error)}"
            ) from None
        where = shortened(error, str(Path.cwd()))
        raise ClaimError(f"{subject} raised {statement(error)}\n{where}") from None


def _described(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"array of {value.shape}"
    return type(value).__name__


def analytic(function: Callable[[], Any]) -> Array:
    """Call a function on watched complex numbers and return its complex result.

    Raises NotAnalyticError where they do not come through.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        try:
            found = function()
        except NotAnalytic as error:
            raise NotAnalyticError(f"it uses {error}") from None
        except Exception as error:
            raise NotAnalyticError(f"complex numbers in vain: {statement(error)}") from None
    if not is_watched(found):
        raise NotAnalyticError("what does not keep complex numbers")
    return imaginary_kept(found)


def required(function: Callable[..., Any]) -> tuple[list[str], int]:
    """Name the positional arguments of a function, and say how many of them it needs.

    Of what tells nothing of its arguments one is expected.
    """
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ["x"], 1
    names = [p for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [p.name for p in names], sum(p.default is p.empty for p in names)


def changed(before: Sequence[Array], after: Sequence[Array]) -> list[int]:
    """Number the arrays whose bytes are not what they were."""
    return [
        k
        for k, (one, other) in enumerate(zip(before, after, strict=True))
        if one.shape != other.shape or one.tobytes() != other.tobytes()
    ]
