"""Notes on what else keeps a pasted program from learning, as findings."""

from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.catalogues import FAULTS
from gradcheck.paste.findings import Case, at, marked, stretch, whole
from gradcheck.report import Finding


def notes(case: Case) -> Iterator[Finding]:
    """Yield a note for each remark on a step (see `gradcheck.paste.elsewhere`)."""
    for remark in case.step.get("elsewhere", ()):
        yield _note(case, remark)


def _note(case: Case, remark: Mapping[str, Any]) -> Finding:
    fault = FAULTS.find(str(remark["code"]))
    assert fault is not None
    place = remark["place"]
    # Lines that were added, so that the program runs, are not the user's.
    is_given = bool(place) and place["end_line"] <= len(case.program.places)
    location = stretch(case, place) if is_given else at(case, case.step["line"])
    return Finding(
        code=fault.code,
        family=fault.family,
        level=fault.level,
        title=fault.title,
        message=str(remark["message"]),
        parameters=tuple(remark["parameters"]),
        location=location,
        excerpts=tuple(marked(case, location)) if is_given else (whole(case, case.step["line"]),),
        evidence=tuple(remark["evidence"]),
        help=str(remark["help"]),
    )
