"""Fixes in files: verified ones are written, whole files at a time, with a backup beside them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from gradcheck.cli._output import replace_file
from gradcheck.cli._stdout import Failure
from gradcheck.cli._texts import Text, read
from gradcheck.report import Edit, Report

Source: TypeAlias = Callable[[str], Text]
"""Returns the text of a file by its name."""

_CONTEXT = 2


def verified(report: Report) -> dict[str, list[Edit]]:
    """Return the edits of verified fixes by file, each line of each cell once."""
    found: dict[str, dict[tuple[int, int], Edit]] = {}
    for problem in report.problems:
        for finding in problem.findings:
            if finding.fix and finding.fix.applicability == "verified":
                for edit in finding.fix.edits:
                    where = -1 if edit.cell is None else edit.cell, edit.line
                    found.setdefault(edit.file, {})[where] = edit
    return {file: [lines[k] for k in sorted(lines)] for file, lines in found.items()}


def diffs(report: Report, source: Source = read) -> str:
    """Return all verified fixes as one unified diff; empty where there are none."""
    return "".join(_diff(source(file).text, edits) for file, edits in verified(report).items())


def left_out(report: Report) -> str | None:
    """Say how many fixes are left alone because they are not the only ones, or not proved."""
    found = [f.fix for p in report.problems for f in p.findings if f.fix and f.fix.diff]
    count = sum(fix.applicability != "verified" for fix in found)
    if not count:
        return None
    plural = "fix that is one" if count == 1 else "fixes that are some"
    return f"{count} {plural} of several, or not proved, left out: see the report"


def fixed(report: Report, file: str, source: Source = read) -> bytes | None:
    """Return a file with the verified fixes in it, None where there are none."""
    edits = verified(report).get(file)
    if not edits:
        return None
    given = source(file)
    return given.raw(_edited(given.text, edits))


def apply(report: Report) -> list[str]:
    """Write the verified fixes and tell of each file what was done.

    Raises Failure where a file can't be read or written, or is not what was checked any more.
    """
    done = []
    for file, edits in verified(report).items():
        path = Path(file)
        given = read(file)
        new = given.raw(_edited(given.text, edits))
        backup = _backup(path)
        replace_file(backup, given.raw(given.text))
        replace_file(path, new)
        plural = "line" if len(edits) == 1 else "lines"
        done.append(f"fixed {len(edits)} {plural} of {file}; the file as it was is {backup}")
    return done


def _diff(text: str, edits: Sequence[Edit]) -> str:
    from gradcheck.paste.reading.differences import diff

    _edited(text, edits)
    return diff(text, edits, context=_CONTEXT, ends=True)


def _edited(text: str, edits: Sequence[Edit]) -> str:
    """Return the text with its lines replaced, each with the line end that it had."""
    from gradcheck.paste.reading.rewriting import Changed, revised

    try:
        return revised(text, edits)
    except Changed as error:
        file = edits[0].file
        raise Failure(f"{file} has changed since it was checked, at line {error.line}") from None


def _backup(path: Path) -> Path:
    """Return a name beside the file that nothing has yet."""
    number = 0
    while True:
        name = path.with_name(path.name + (f".bak{number}" if number else ".bak"))
        if not name.exists():
            return name
        number += 1
