"""Targets as the user types them: files, folders, patterns, and `-` for standard input."""

from collections.abc import Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from os import walk
from pathlib import Path

from gradcheck.session import Target

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, kw_only=True)
class Found:
    """The targets in order, each once, and remarks on what was passed over."""

    targets: tuple[Target, ...]
    remarks: tuple[str, ...]


def find(names: Sequence[str]) -> Found:
    """Expand what the user typed; whatever leads to nothing becomes a target with an error."""
    from gradcheck.config.load import looks_like_config

    targets: dict[str, Target] = {}
    skipped = 0
    for name in names:
        for path in _expanded(name):
            if not path.is_dir():
                targets.setdefault(str(path), Target(path=path, name=str(path)))
                continue
            files = _files(path)
            configs = [file for file in files if looks_like_config(file)]
            skipped += len(files) - len(configs)
            targets |= {str(f): Target(path=f, name=str(f)) for f in configs}
            if not configs:
                message = f"there is no config in this folder (of {', '.join(SUFFIXES)})"
                targets[str(path)] = Target(path=path, name=str(path), error=message)
    remarks = (
        f"{skipped} YAML file{'s' * (skipped > 1)} without network, loss or gradients skipped",
    )
    return Found(targets=tuple(targets.values()), remarks=remarks if skipped else ())


def _expanded(name: str) -> list[Path]:
    path = Path(name)
    if name != "-" and not path.exists() and has_magic(name):
        return [Path(match) for match in sorted(glob(name, recursive=True))]  # noqa: PTH207 or [path]
    return [path]


def _files(folder: Path) -> list[Path]:
    """Return the YAML files below a folder in order, hidden folders and files left out."""
    found = []
    for where, folders, files in walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found += [
            Path(where) / file
            for file in sorted(files)
            if file.endswith(SUFFIXES) and not file.startswith(".")
        ]
    return found
