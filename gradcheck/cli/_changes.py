"""The targets that changes in a Git repository may have touched."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import click

from gradcheck.session import Target

_PYTHON = re.compile(rb"\bpython[ \t]*:")


def touched(targets: Sequence[Target], revision: str) -> list[Target]:
    """Return the targets that have changed since a revision, or name a file that has.

    Where a Python file has changed, all configs that run Python may import it, and are returned.
    """
    changed = _changed(revision)
    names = {path.name.encode() for path in changed}
    modules = any(path.suffix == ".py" for path in changed)
    return [t for t in targets if t.error is not None or _is_touched(t, changed, names, modules)]


def _is_touched(target: Target, changed: set[Path], names: set[bytes], modules: bool) -> bool:
    path = target.path
    if str(path) == "-" or path.absolute().resolve() in changed:
        return True
    try:
        text = path.read_bytes()
    except OSError:
        return True
    return any(name in text for name in names) or (modules and bool(_PYTHON.search(text)))


def _changed(revision: str) -> set[Path]:
    """Return the files that differ from a revision, new ones included."""
    if revision.startswith("-"):
        raise click.BadParameter(
            f"expected a revision, found {revision!r}", param_hint="--changed-since"
        )
    top = Path(_git("rev-parse", "--show-toplevel").strip())
    differ = _git("-C", str(top), "diff", "--name-only", "-z", revision, "--")
    new = _git("-C", str(top), "ls-files", "--others", "--exclude-standard", "-z")
    return {(top / name).resolve() for name in (differ + new).split("\0") if name}


def _git(*arguments: str) -> str:
    from gradcheck.cli._stdout import Failure

    try:
        result = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607  (the user's own git)
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except OSError as error:
        raise Failure(f"--changed-since needs git: {error.strerror}") from None
    if result.returncode:
        raise Failure(f"git could not tell what has changed: {result.stderr.strip()}")
    return result.stdout
