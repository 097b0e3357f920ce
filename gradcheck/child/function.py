"""The service that calls the user's function `(params, inputs, targets)`.

It knows two requests. `load` imports the function; `call` hands it fresh copies of the arrays,
which cross as `parameters/NAME`, `inputs/NAME` and `targets/NAME`, and answers with
`gradients/NAME` and `loss`, the dtypes that they had, and the names of what was changed in place.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradcheck.array import Array
from gradcheck.child import wire
from gradcheck.child.loading import Place, load
from gradcheck.child.reading import read
from gradcheck.child.traces import in_users_code, shortened, statement
from gradcheck.child.worker import Handler
from gradcheck.errors import ClaimError

_GROUPS = ("parameters", "inputs", "targets")


def service() -> Handler:
    """Return a handler that remembers the function between requests."""
    return _Service()


class _Service:
    def __init__(self) -> None:
        self._folder = str(Path.cwd())
        self._function: Callable[..., Any] | None = None
        self._subject = ""

    def __call__(self, header: wire.Header, arrays: wire.Arrays) -> wire.Message:
        if header["do"] == "load":
            place = Place(**header["places"]["claim"])
            self._function = load(place)
            self._subject = f"{place.source}:{place.name}"
            return {}, {}
        try:
            return self._call(arrays)
        except ClaimError as error:
            raise ClaimError(f"{self._subject} {error}") from None

    def _call(self, arrays: wire.Arrays) -> wire.Message:
        assert self._function is not None
        handed = {key: array.copy() for key, array in arrays.items()}
        answer = read(_returned(self._function, _grouped(handed), self._folder))
        changed = [key.partition("/")[2] for key in arrays if _differ(arrays[key], handed[key])]
        return {"dtypes": answer.dtypes, "modified": changed}, answer.arrays


def _returned(function: Callable[..., Any], groups: list[dict[str, Array]], folder: str) -> Any:
    try:
        return function(*groups)
    except SystemExit as error:
        headline = f"called sys.exit({error.code!r}) instead of returning gradients"
        raise ClaimError(f"{headline}\n{shortened(error, folder)}") from None
    except BaseException as error:
        if not in_users_code(error):
            raise ClaimError(
                f"can't be called as f(params, inputs, targets): {statement(error)}"
            ) from None
        raise ClaimError(f"raised {statement(error)}\n{shortened(error, folder)}") from None


def _grouped(arrays: wire.Arrays) -> list[dict[str, Array]]:
    groups: dict[str, dict[str, Array]] = {group: {} for group in _GROUPS}
    for key, array in arrays.items():
        group, _, name = key.partition("/")
        groups[group][name] = array
    return list(groups.values())


def _differ(original: Array, handed: Array) -> bool:
    # Bytes, for NaN differs from itself and 0.0 equals -0.0.
    return original.shape != handed.shape or original.tobytes() != handed.tobytes()
