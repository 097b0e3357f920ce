"""Functions of the user's in a process of their own, started again after a crash or a time-out."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path

from gradcheck.array import Array
from gradcheck.child import wire
from gradcheck.child.host import Child
from gradcheck.child.loading import Place
from gradcheck.errors import ClaimError

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


class Loaded:
    """Functions, each with the role that it plays, imported by the child that runs `service`.

    Each is named `file.py:name`, relative to `folder`, or `package.module:name`; `timeout` limits
    the import and each call, in seconds. The first is the subject of messages.
    """

    def __init__(
        self, service: str, targets: Mapping[str, str], folder: Path, timeout: float
    ) -> None:
        self._service = service
        self._places = {role: _place(target, folder) for role, target in targets.items()}
        self._subject = next(iter(targets.values()))
        self._folder = folder
        self._timeout = timeout
        self._child: Child | None = None

    @property
    def output(self) -> str:
        """The last 4000 characters of what the functions printed."""
        return self._child.output if self._child else ""

    def request(
        self, header: Mapping[str, object], arrays: Mapping[str, Array], times: int = 1
    ) -> wire.Message:
        """Return the service's answer; `times` calls may take as many times the limit."""
        child = self._child if self._child and self._child.alive else self.start()
        return child.request(header, arrays, times=times)

    def start(self) -> Child:
        """Start a process, or another one, and import the functions."""
        self.stop()
        self._child = child = Child(
            self._service, folder=self._folder, subject=self._subject, timeout=self._timeout
        )
        try:
            child.open()
            places = {role: asdict(place) for role, place in self._places.items()}
            sources = dict.fromkeys(place.source for place in self._places.values())
            what = f"importing {' and '.join(sources)}"
            child.request({"do": "load", "places": places}, {}, what)
        except BaseException:
            self.stop()
            raise
        return child

    def stop(self) -> None:
        """End the process."""
        if self._child:
            self._child.close()


def _place(target: str, folder: Path) -> Place:
    source, _, name = target.rpartition(":")
    is_file = source.endswith(".py")
    is_module = bool(_DOTTED.fullmatch(source)) and not (folder / source).is_file()
    if not _DOTTED.fullmatch(name) or not (is_file or is_module):
        raise ClaimError(
            f"expected 'file.py:function' or 'package.module:function', but found {target!r}"
        )
    if is_file:
        _require(folder, source)
    return Place(source=source, is_file=is_file, name=name)


def _require(folder: Path, source: str) -> None:
    path = folder / source
    if path.is_file():
        return
    there = sorted(entry.name for entry in path.parent.glob("*.py"))
    near = get_close_matches(path.name, there, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ClaimError(f"there is no file {source!r} in {str(folder)!r}{hint}")
