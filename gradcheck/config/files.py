"""Arrays read from files that a config names: `.npy`, `.npz` (no pickles) and `.csv`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.config.forms import Field, Items, Number, Section, Text, nearest

MAX_BYTES = 2 * 2**30

FILE_FIELDS: Mapping[str, Field] = {
    "file": Field(form=Text(what="a file name"), doc="a .npy, .npz or .csv file beside the config"),
    "key": Field(form=Text(what="a name"), doc="which array of an .npz file"),
    "columns": Field(
        form=Items(form=Number(integer=True, minimum=0), single=True),
        doc="which columns of a .csv file, from 0; all by default",
    ),
    "skip_rows": Field(
        form=Number(integer=True, minimum=0), doc="how many rows of a .csv file to skip", default=0
    ),
    "delimiter": Field(form=Text(), doc="what separates the columns of a .csv file", default=","),
}


def read_array(section: Section) -> Array:
    """Read the array that a section with a `file` key describes, as float64."""
    path = section.source.folder / section["file"]
    if not path.is_file():
        raise section.error(f"there is no file {str(path)!r}", "file")
    if path.stat().st_size > MAX_BYTES:
        raise section.error(f"{str(path)!r} is larger than {MAX_BYTES // 2**30} GiB", "file")
    readers = {".npy": _npy, ".npz": _npz, ".csv": _csv}
    if path.suffix not in readers:
        raise section.error(f"expected a .npy, .npz or .csv file, found {str(path)!r}", "file")
    values = np.asarray(readers[path.suffix](section, path))
    if values.dtype.kind not in "fiub":
        raise section.error(f"{str(path)!r} holds {values.dtype}, not real numbers", "file")
    if not np.isfinite(values).all():
        raise section.error(f"{str(path)!r} holds values that are not finite", "file")
    return values.astype(np.float64)


def _npy(section: Section, path: Path) -> Any:
    try:
        return np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise section.error(f"{str(path)!r} could not be read: {error}", "file") from error


def _npz(section: Section, path: Path) -> Any:
    archive = _npy(section, path)
    names = list(archive)
    if "key" not in section and len(names) != 1:
        raise section.error(f"say which array is meant: key: one of {', '.join(names)}", "file")
    key = section.get("key") or names[0]
    if key not in names:
        raise section.error(f"there is no array {key!r}{nearest(key, names)}", "key")
    try:
        return archive[key]
    except ValueError as error:
        raise section.error(f"{key!r} could not be read: {error}", "key") from error


def _csv(section: Section, path: Path) -> Any:
    try:
        return np.loadtxt(
            path,
            delimiter=section["delimiter"],
            skiprows=section["skip_rows"],
            usecols=section.get("columns"),
            ndmin=2,
            encoding="utf-8",
        )
    except (ValueError, IndexError, UnicodeDecodeError) as error:
        raise section.error(f"{str(path)!r} could not be read: {error}", "file") from error
