"""Fixes in files: verified ones are written, whole files at a time, with a backup beside them."""

from collections.abc import Iterable
from pathlib import Path

from gradcheck.cli._output import replace_file
from gradcheck.cli._stdout import Failure
from gradcheck.report import Edit, Report


def verified(report: Report) -> dict[str, list[Edit]]:
    """Return the edits of verified fixes by file, each line once."""
    found: dict[str, dict[int, Edit]] = {}
    for problem in report.problems:
        for finding in problem.findings:
            if finding.fix and finding.fix.applicability == "verified":
                for edit in finding.fix.edits:
                    found.setdefault(edit.file, {})[edit.line] = edit
    return {file: [lines[k] for k in sorted(lines)] for file, lines in found.items()}


def diffs(report: Report) -> str:
    """Return all verified fixes as one unified diff; empty where there are none."""
    return "".join(_diff(file, edits) for file, edits in verified(report).items())


def apply(report: Report) -> list[str]:
    """Write the verified fixes and tell of each file what was done.

    Raises Failure where a file can't be read or written, or is not what was checked any more.
    """
    done = []
    for file, edits in verified(report).items():
        path = Path(file)
        lines = _read(path)
        backup = _backup(path)
        fixed = _edited(file, lines, edits)
        _write(backup, "".join(lines))
        _write(path, fixed)
        plural = "line" if len(edits) == 1 else "lines"
        done.append(f"fixed {len(edits)} {plural} of {file}; the file as it was is {backup}")
    return done


def _diff(file: str, edits: Iterable[Edit]) -> str:
    import difflib

    lines = _read(Path(file))
    fixed = _edited(file, lines, edits).splitlines(keepends=True)
    rows = difflib.unified_diff(lines, fixed, file, file, n=2)
    return "".join(row if row.endswith("\n") else f"{row}\n" for row in rows)


def _edited(file: str, lines: list[str], edits: Iterable[Edit]) -> str:
    """Return the text with its lines replaced, each with the line end that it had."""
    changed = list(lines)
    for edit in edits:
        row = lines[edit.line - 1] if edit.line <= len(lines) else ""
        text = row.rstrip("\r\n")
        if text != edit.old:
            raise Failure(f"{file} has changed since it was checked, at line {edit.line}")
        changed[edit.line - 1] = (edit.new or "") + row[len(text) :]
    return "".join(changed)


def _read(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.readlines()
    except OSError as error:
        raise Failure(f"{str(path)!r} could not be read: {error.strerror}") from None


def _write(path: Path, text: str) -> None:
    replace_file(path, text.encode())


def _backup(path: Path) -> Path:
    """Return a name beside the file that nothing has yet."""
    number = 0
    while True:
        name = path.with_name(path.name + (f".bak{number}" if number else ".bak"))
        if not name.exists():
            return name
        number += 1
