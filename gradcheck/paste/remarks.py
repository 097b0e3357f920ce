"""Notes on what else keeps a pasted program from learning, as findings."""

from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.catalogues import FAULTS
from gradcheck.paste.findings import Case, at, whole
from gradcheck.report import Finding


def notes(case: Case) -> Iterator[Finding]:
    """Yield a note for each remark on a step (see `gradcheck.paste.elsewhere`)."""
    for remark in case.step.get("elsewhere", ()):
        yield _note(case, remark)


def _note(case: Case, remark: Mapping[str, Any]) -> Finding:
    fault = FAULTS.find(str(remark["code"]))
    assert fault is not None
    line = remark["line"] or case.step["line"]
    return Finding(
        code=fault.code,
        family=fault.family,
        level=fault.level,
        title=fault.title,
        message=str(remark["message"]),
        parameters=tuple(remark["parameters"]),
        location=at(case, line),
        excerpts=(whole(case, line),),
        evidence=tuple(remark["evidence"]),
        help=str(remark["help"]),
    )
