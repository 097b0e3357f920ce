"""Arrays read from files that a config names: `.npy`, `.npz` (no pickles), `.json` and `.csv`."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.config.forms import Boolean, Items, Number, Text
from gradcheck.config.records import Field, Section
from gradcheck.config.wording import nearest
from gradcheck.errors import ClaimError, ConfigError
from gradcheck.reads import noted

MAX_BYTES = 2 * 2**30

FILE_FIELDS: Mapping[str, Field] = {
    "file": Field(
        form=Text(what="a file name"), doc="a .npy, .npz, .json or .csv file beside the config"
    ),
    "key": Field(form=Text(what="a name"), doc="which array of an .npz or .json file"),
    "transpose": Field(form=Boolean(), doc="whether rows and columns change places", default=False),
    "columns": Field(
        form=Items(form=Number(integer=True, minimum=0), single=True, shortest=1),
        doc="which columns of a .csv file, from 0; all by default",
    ),
    "skip_rows": Field(
        form=Number(integer=True, minimum=0, maximum=10**9),
        doc="how many rows of a .csv file to skip",
        default=0,
    ),
    "delimiter": Field(form=Text(), doc="what separates the columns of a .csv file", default=","),
}


def read_array(section: Section) -> Array:
    """Read the array that a section with a `file` key describes, in the type it is stored in."""
    path = section.source.folder / section["file"]
    readers = {".npy": _npy, ".npz": _npz, ".csv": _csv, ".json": _json}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise section.error(
            f"expected a .npy, .npz, .json or .csv file, found {str(path)!r}", "file"
        )
    _hold_to_limit(section, path)
    noted(path)
    try:
        values = np.asarray(reader(section, path))
    except ConfigError:
        raise
    # Damage can show itself anywhere between the archive, its compression and NumPy's header.
    except Exception as error:
        raise _unreadable(section, path, error) from error
    values = _checked(section, path, values)
    return values.T if section["transpose"] else values


def _hold_to_limit(section: Section, path: Path) -> None:
    try:
        there, size = path.is_file(), path.stat().st_size
    except (OSError, ValueError):
        there = False
    if not there:
        raise section.error(f"there is no file {str(path)!r}{_similar(path)}", "file")
    if size > MAX_BYTES:
        raise _too_large(section, path)


def _too_large(section: Section, path: Path) -> ConfigError:
    return section.error(f"{str(path)!r} is larger than {MAX_BYTES // 2**30} GiB", "file")


def _similar(path: Path) -> str:
    endings = (".npy", ".npz", ".json", ".csv")
    try:
        there = [entry.name for entry in path.parent.iterdir() if entry.suffix.lower() in endings]
    except (OSError, ValueError):
        return ""
    return nearest(path.name, sorted(there)) if there else ""


def _checked(section: Section, path: Path, values: Array) -> Array:
    if values.dtype.kind not in "fiub":
        raise section.error(f"{str(path)!r} holds {values.dtype}, not real numbers", "file")
    if not values.size:
        raise section.error(f"{str(path)!r} holds no numbers", "file")
    if not np.isfinite(values.astype(np.float64)).all():
        raise section.error(f"{str(path)!r} holds values that are not finite", "file")
    return values


def _unreadable(section: Section, path: Path, error: Exception) -> ConfigError:
    advice = ""
    if "Object arrays" in str(error):
        advice = "; it holds Python objects: save np.asarray(array, dtype=float) instead"
    elif path.suffix.lower() == ".csv" and "convert string" in str(error):
        advice = "; if that is a line of headings, leave it out with skip_rows: 1"
    return section.error(f"{str(path)!r} could not be read: {error}{advice}", "file")


def _npy(section: Section, path: Path) -> Any:  # noqa: ARG001
    with path.open("rb") as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _npz(section: Section, path: Path) -> Any:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        key = _key(section, path, list(members))
        if members[key].file_size > MAX_BYTES:
            raise _too_large(section, path)
        with archive.open(members[key]) as file:
            return np.lib.format.read_array(file, allow_pickle=False)


def _json(section: Section, path: Path) -> Any:
    from gradcheck.claims.array_files import read_arrays

    try:
        arrays = read_arrays(path)
    except ClaimError as error:
        raise section.error(str(error), "file") from None
    return arrays[_key(section, path, list(arrays))]


def _key(section: Section, path: Path, names: list[str]) -> str:
    """Return the name of the array that is meant, which must be given unless there is one."""
    if "key" not in section and len(names) != 1:
        raise section.error(
            f"{str(path)!r} holds {len(names)} arrays; say which: key: NAME, "
            f"one of {', '.join(names)}", "file",
        )  # fmt: skip
    key: str = section.get("key") or names[0]
    if key not in names:
        raise section.error(f"{str(path)!r} has no array {key!r}{nearest(key, names)}", "key")
    return key


def _csv(section: Section, path: Path) -> Any:
    if len(section["delimiter"]) != 1:
        raise section.error('expected a single character; a tab is written "\\t"', "delimiter")
    with warnings.catch_warnings():
        # An empty file is told of below.
        warnings.simplefilter("ignore")
        return np.loadtxt(
            path,
            delimiter=section["delimiter"],
            skiprows=section["skip_rows"],
            usecols=section.get("columns"),
            ndmin=2,
            encoding="utf-8",
        )
