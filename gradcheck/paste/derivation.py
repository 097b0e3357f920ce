"""Derivations: the rule that a mistake breaks, beside what the evidence says of the program."""

import re
from collections.abc import Iterator
from dataclasses import replace

from gradcheck.catalogues import FAULTS
from gradcheck.fault import Fault
from gradcheck.report import Finding, ProblemReport, Report

_SECTIONS = ("Rule", "Cause", "Fix")
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_CODE = "    "


def derived(report: Report) -> Report:
    """Return the report with a derivation for each finding."""
    return replace(report, problems=tuple(map(_problem, report.problems)))


def _problem(problem: ProblemReport) -> ProblemReport:
    findings = (replace(f, derivation=_derivation(f)) for f in problem.findings)
    return replace(problem, findings=tuple(findings))


def _derivation(finding: Finding) -> str | None:
    fault = FAULTS.find(finding.code)
    return "\n\n".join(_told(fault)) or None if fault else None


def _told(fault: Fault) -> Iterator[str]:
    """Yield the wrong and the right formula, and the sections that derive what is right."""
    for name, formula in (("wrong", fault.wrong), ("right", fault.right)):
        if formula:
            yield "\n".join([name, *(f"{_CODE}{line}" for line in formula.splitlines())])
    _, *pieces = _HEADING.split(fault.doc or "")
    sections = dict(zip(pieces[::2], pieces[1::2], strict=True))
    for name in _SECTIONS:
        if text := sections.get(name, "").strip("\n"):
            yield f"{name}\n{_flowing(text)}"


def _flowing(text: str) -> str:
    """Return text with a line for each paragraph, and formulas left as they are."""
    blocks = [block.split("\n") for block in re.split(r"\n{2,}", text)]
    return "\n".join(
        "\n".join(lines) if lines[0].startswith(_CODE) else " ".join(line.strip() for line in lines)
        for lines in blocks
    )
