"""Results kept from one run to the next, by the content of all that they depend on.

A result is found by its config's text and name, what was asked for, and the versions of Python,
NumPy and gradcheck; it is used if the files that were read for it are still the same, the user's
modules among them. Checks that failed, gave another result each time or went by the clock are not
kept. The folder may be thrown away at any time.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gradcheck import __version__
from gradcheck.report import ProblemReport
from gradcheck.request import Request, Target
from gradcheck.stored import restored

LAYOUT = 1
"""Raised when entries are written in another way."""


class Cache:
    """The results kept in a folder, as far as they answer a request."""

    def __init__(self, folder: Path, request: Request) -> None:
        self._folder = folder
        self._asked = _asked(request)
        self._digests: dict[str, str | None] = {}
        self._paths: dict[str, Path] = {}

    def find(self, target: Target) -> list[ProblemReport] | None:
        """Return what was reported of a target before; None if anything has changed."""
        try:
            entry = json.loads(self._path(target).read_bytes())
            same = all(self._digest(file) == digest for file, digest in entry["files"].items())
            return [restored(ProblemReport, p) for p in entry["problems"]] if same else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # There is none, or one that was damaged or written by something else.
            return None

    def keep(self, target: Target, problems: Sequence[ProblemReport]) -> None:
        """Keep a target's problems, if they would come out the same again."""
        if not problems or not all(map(_lasting, problems)):
            return
        digests = {file: self._digest(file) for problem in problems for file in problem.files or ()}
        entry = {"files": digests, "problems": problems}
        # What can't be kept is computed again.
        with suppress(OSError):
            path = self._path(target)
            self._prepare(path.parent)
            part = path.with_suffix(f".{os.getpid()}")
            part.write_text(json.dumps(entry, default=vars), encoding="utf-8")
            part.replace(path)

    def _prepare(self, folder: Path) -> None:
        """Make a folder for an entry, and keep the whole out of version control."""
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            (self._folder / ".gitignore").write_text("*\n")

    def _path(self, target: Target) -> Path:
        """Return where a target's entry is, by the content that it had when first asked for."""
        if target.name not in self._paths:
            self._paths[target.name] = self._folder / self._name(target)
        return self._paths[target.name]

    def _name(self, target: Target) -> str:
        digest = sha256(self._asked + target.name.encode(errors="surrogateescape") + b"\0")
        digest.update(target.path.read_bytes())
        name = digest.hexdigest()
        return f"{name[:2]}/{name[2:]}.json"

    def _digest(self, file: str) -> str | None:
        """Return the digest of a file's content, read once in a run; None if it is not there."""
        if file not in self._digests:
            try:
                self._digests[file] = sha256(Path(file).read_bytes()).hexdigest()
            except OSError:
                self._digests[file] = None
        return self._digests[file]


def cacheable(target: Target) -> bool:
    """Tell whether a target has a content to go by: it is a file that can be read again."""
    return target.error is None and str(target.path) != "-"


def _lasting(problem: ProblemReport) -> bool:
    by_chance = any(check.reason == "randomness" for check in problem.checks)
    return problem.verdict != "error" and problem.files is not None and not by_chance


def _asked(request: Request) -> bytes:
    """Return all that decides a result beside the target, as bytes."""
    left_out = {"targets", "remarks", "fail_fast", "pictures", "rules", "cache"}
    asked: Mapping[str, Any] = {k: v for k, v in vars(request).items() if k not in left_out}
    parts = (LAYOUT, __version__, _build(), sys.version, _numpy(), asked)
    return repr(parts).encode() + b"\0"


def _numpy() -> bytes:
    """Return what tells versions of NumPy apart, without importing it."""
    found = find_spec("numpy")
    if found is None or found.origin is None:
        return b""
    return Path(found.origin).with_name("version.py").read_bytes()


def _build() -> str:
    """Tell apart the states of a checkout, whose version stays the same while it is edited."""
    package = Path(__file__).parent
    if package.parent.name in ("site-packages", "dist-packages"):
        return ""
    digest = sha256()
    for where, folders, files in os.walk(package):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            state = os.stat(os.path.join(where, name))  # noqa: PTH116, PTH118  (many, and at once)
            digest.update(f"{where}/{name} {state.st_mtime_ns} {state.st_size}\n".encode())
    return digest.hexdigest()
