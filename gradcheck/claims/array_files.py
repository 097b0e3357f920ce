"""Files of named arrays: NumPy's `.npz` and JSON objects of nested lists."""

import json
import math
import warnings
import zipfile
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.errors import ClaimError
from gradcheck.reads import noted

_LIMIT = 2 << 30
_AXES = 32  # NumPy 1 allows no more.


def read_arrays(path: Path) -> dict[str, Array]:
    """Return the real numeric arrays in the file by name, in the dtypes that they are stored in."""
    readers = {".npz": _read_npz, ".json": _read_json}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise ClaimError(_unreadable(path))
    _require(path)
    noted(path)
    _hold_to_limit(path, path.stat().st_size)
    try:
        arrays = reader(path)
    except OSError as error:
        raise ClaimError(f"{path} can't be read: {error.strerror or error}") from error
    if not arrays:
        raise ClaimError(f"{path} holds no arrays; expected one for each parameter")
    return arrays


def _unreadable(path: Path) -> str:
    found = f"{path} ends in {path.suffix!r}" if path.suffix else f"{path} has no ending"
    if path.suffix.lower() == ".npy":
        found += ", a format without names; write np.savez(file, **gradients)"
    return f"expected arrays in an .npz or .json file, but {found}"


def _require(path: Path) -> None:
    if path.is_dir():
        raise ClaimError(f"expected a file with arrays, but {path} is a folder")
    if not path.exists():
        there = [
            entry.name for pattern in ("*.npz", "*.json") for entry in path.parent.glob(pattern)
        ]
        near = get_close_matches(path.name, sorted(there), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ClaimError(f"there is no file {path}{hint}")


def _hold_to_limit(path: Path, size: int) -> None:
    if size > _LIMIT:
        raise ClaimError(
            f"{path} holds {size / 2**30:.1f} GB, but at most {_LIMIT >> 30} GB are read; "
            "dump the gradients of fewer or smaller parameters"
        )


def _read_npz(path: Path) -> dict[str, Array]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _hold_to_limit(path, sum(member.file_size for member in members))
            names = [member.filename.removesuffix(".npy") for member in members]
            _refuse_twice(path, names)
            return {
                name: _member(path, archive, member, name)
                for name, member in zip(names, members, strict=True)
            }
    except zipfile.BadZipFile as error:
        raise ClaimError(
            f"{path} is no .npz archive, or a damaged one: {error}; "
            "write np.savez(file, **gradients)"
        ) from error


def _refuse_twice(path: Path, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ClaimError(f"{path} holds {twice[0]!r} twice; expected one array for each name")


def _member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> Array:
    try:
        with warnings.catch_warnings(), archive.open(member) as stream:
            warnings.simplefilter("ignore")
            array = np.lib.format.read_array(stream, allow_pickle=False)
    # Damage can show itself anywhere between the archive, its compression and NumPy's header.
    except Exception as error:
        advice = ""
        if "Object arrays" in str(error):
            advice = "; it holds Python objects: dump np.asarray(gradient, dtype=float) instead"
        raise ClaimError(f"{name!r} in {path} can't be read: {error}{advice}") from error
    if array.dtype.kind not in "iuf":
        raise ClaimError(
            f"{name!r} in {path} has elements of type {array.dtype}; expected real numbers"
        )
    return array


def _read_json(path: Path) -> dict[str, Array]:
    try:
        tree = json.loads(path.read_text("utf-8-sig"), object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        raise ClaimError(f"{place}: this is not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise ClaimError(f"{path} is not JSON: {error}") from error
    if not isinstance(tree, _Pairs):
        raise ClaimError(
            f"{path} must hold an object {{name: nested lists of numbers}}, but holds {_told(tree)}"
        )
    _refuse_twice(path, [name for name, _ in tree])
    return {name: _from_lists(path, name, value) for name, value in tree}


class _Pairs(list[tuple[str, Any]]):
    """The members of a JSON object in their order, so that a name given twice is seen."""


def _from_lists(path: Path, name: str, value: object) -> Array:
    try:
        shape = _shape(value, name, ())
        if len(shape) > _AXES:
            raise ClaimError(f"{name!r} is nested {len(shape)} deep; NumPy allows {_AXES} axes")
        return np.array(value, dtype=np.float64).reshape(shape)
    except ClaimError as error:
        raise ClaimError(f"{path}: {error}") from None


def _shape(value: object, name: str, index: tuple[int, ...]) -> Shape:
    """Return the shape of the nested lists, or say which element does not fit, and how."""
    if isinstance(value, list) and not isinstance(value, _Pairs):
        shapes = [_shape(item, name, (*index, i)) for i, item in enumerate(value)]
        for i, shape in enumerate(shapes):
            if shape != shapes[0]:
                raise ClaimError(
                    f"the lists of {name!r} are ragged: {_place(name, (*index, i))} has shape "
                    f"{shape}, but {_place(name, (*index, 0))} has {shapes[0]}"
                )
        return (len(value), *(shapes[0] if shapes else ()))
    if isinstance(value, bool) or not isinstance(value, int | float) or not _fits(value):
        raise ClaimError(f"{_place(name, index)} must be a finite number, but is {_told(value)}")
    return ()


def _place(name: str, index: tuple[int, ...]) -> str:
    return f"{name!r}{list(index)}" if index else repr(name)


def _fits(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def _told(value: object) -> str:
    match value:
        case _Pairs():
            return "an object (write the names joined by dots: 'hidden.weight')"
        case list():
            return "a list"
        case None:
            return "null"
        case str() | bool() | float():
            return json.dumps(value)[:60]
        case _:
            return "a number too large for float64"
