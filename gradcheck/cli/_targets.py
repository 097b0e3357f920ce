"""Targets as the user types them: files, folders, patterns, and `-` for standard input."""

import os
from collections.abc import Sequence
from glob import glob, has_magic
from pathlib import Path

from gradcheck.record import record
from gradcheck.session import Target

SUFFIXES = (".yaml", ".yml")


@record
class Found:
    """The targets in order, each once, and remarks on what was passed over."""

    targets: tuple[Target, ...]
    remarks: tuple[str, ...]


def find(names: Sequence[str]) -> Found:
    """Expand what the user typed; whatever leads to nothing becomes a target with an error."""
    targets: dict[str, Target] = {}
    skipped = 0
    for name in names:
        for path in _expanded(name):
            # Unlike Path.is_dir, this takes names that are too long for a file.
            is_folder = os.path.isdir(path)  # noqa: PTH112
            found, passed = _in_folder(path) if is_folder else ([_named(path, name)], 0)
            targets |= {target.name: target for target in found if target.name not in targets}
            skipped += passed
    remarks = (
        f"{skipped} YAML file{'s' * (skipped > 1)} without network, loss or gradients skipped",
    )
    return Found(targets=tuple(targets.values()), remarks=remarks if skipped else ())


def _named(path: Path, name: str) -> Target:
    """Make a target of what is no folder; that a file is missing is found when it is read."""
    error = None
    if name != "-" and has_magic(name) and not os.path.lexists(path):
        error = "no file matches this pattern"
    return Target(path=path, name=str(path), error=error)


def _in_folder(folder: Path) -> tuple[list[Target], int]:
    """Return the configs below a folder, and how many YAML files are none."""
    from gradcheck.config.recognition import looks_like_config

    files = _files(folder)
    configs = [Target(path=file, name=str(file)) for file in files if looks_like_config(file)]
    if configs:
        return configs, len(files) - len(configs)
    message = f"there is no config in this folder (no {' or '.join(SUFFIXES)} file with a network)"
    return [Target(path=folder, name=str(folder), error=message)], len(files)


def _expanded(name: str) -> list[Path]:
    path = Path(name)
    if name != "-" and has_magic(name) and not os.path.lexists(path):
        return [Path(match) for match in sorted(glob(name, recursive=True))] or [path]  # noqa: PTH207
    return [path]


def _files(folder: Path) -> list[Path]:
    """Return the YAML files below a folder in order, hidden folders and files left out."""
    found = []
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found += [
            Path(where) / file
            for file in sorted(files)
            if file.lower().endswith(SUFFIXES) and not file.startswith(".")
        ]
    return found
