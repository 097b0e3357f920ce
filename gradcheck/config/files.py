"""Arrays read from files that a config names: `.npy`, `.npz` (no pickles) and `.csv`."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.config.forms import Items, Number, Text
from gradcheck.config.records import Field, Section
from gradcheck.config.wording import nearest
from gradcheck.errors import ConfigError

MAX_BYTES = 2 * 2**30

FILE_FIELDS: Mapping[str, Field] = {
    "file": Field(form=Text(what="a file name"), doc="a .npy, .npz or .csv file beside the config"),
    "key": Field(form=Text(what="a name"), doc="which array of an .npz file"),
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
    """Read the array that a section with a `file` key describes, as float64."""
    path = section.source.folder / section["file"]
    readers = {".npy": _npy, ".npz": _npz, ".csv": _csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise section.error(f"expected a .npy, .npz or .csv file, found {str(path)!r}", "file")
    _hold_to_limit(section, path)
    try:
        values = np.asarray(reader(section, path))
    except ConfigError:
        raise
    # Damage can show itself anywhere between the archive, its compression and NumPy's header.
    except Exception as error:
        raise _unreadable(section, path, error) from error
    return _checked(section, path, values)


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
    endings = (".npy", ".npz", ".csv")
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
    values = values.astype(np.float64)
    if not np.isfinite(values).all():
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
        if "key" not in section and len(members) != 1:
            raise section.error(
                f"{str(path)!r} holds {len(members)} arrays; say which: key: NAME, "
                f"one of {', '.join(members)}", "file",
            )  # fmt: skip
        key = section.get("key") or next(iter(members))
        if key not in members:
            raise section.error(f"{str(path)!r} has no array {key!r}{nearest(key, members)}", "key")
        if members[key].file_size > MAX_BYTES:
            raise _too_large(section, path)
        with archive.open(members[key]) as file:
            return np.lib.format.read_array(file, allow_pickle=False)


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
