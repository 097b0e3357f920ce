"""The use case of pasted code: a text in, a report of all its programs out."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from functools import partial
from typing import Any

from gradcheck import __version__
from gradcheck.catalogues import FAULTS
from gradcheck.errors import GradcheckError
from gradcheck.paste.absence import absent
from gradcheck.paste.findings import Case, findings
from gradcheck.paste.fixes import mended
from gradcheck.paste.reading.post import Post, Program
from gradcheck.paste.reading.read import read
from gradcheck.paste.sandbox.launch import call, warm
from gradcheck.paste.sandbox.limits import Limits
from gradcheck.paste.verdicts import Judged, judged
from gradcheck.record import record
from gradcheck.report import (
    Check,
    ProblemReport,
    ProblemVerdict,
    Report,
)

SERVICE = "gradcheck.paste.repair.service"
PROOF = "gradcheck.paste.understanding.understand"

_AT_ONCE = 2
"""So many programs of a text are run at the same time."""


@record
class Request:
    """What is asked: a text, under the name that reports use, and what the user has said about it.

    `sandboxed` False runs the code with all the rights of the user.
    """

    text: str
    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    sandboxed: bool = True
    limits: Limits = field(default_factory=Limits)


def run(request: Request) -> Report:
    """Read a text, run its programs, and judge their gradients."""
    warm(SERVICE, guarded=request.sandboxed)
    post = read(request.text)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        told = pool.map(partial(_problems, request, post), range(len(post.programs)))
        problems = [problem for own in told for problem in own]
    if not problems:
        problems = [_error(request, request.name, "no program was found in this text")]
    return Report(problems=tuple(problems), tool_version=__version__, remarks=post.notes)


def _problems(request: Request, post: Post, index: int) -> list[ProblemReport]:
    """Return what there is to report of one program, a problem for each of its steps."""
    program = post.programs[index]
    name = request.name if len(post.programs) == 1 else f"{request.name}#{index + 1}"
    heard: list[Mapping[str, Any]] = []

    def hear(told: Mapping[str, Any]) -> None:
        heard.append(told["step"])
        if _is_wrong(judged(told["step"])):
            warm(PROOF, guarded=request.sandboxed)

    try:
        answer = call(
            SERVICE,
            {"source": program.source, "set": dict(request.values)},
            request.limits,
            hear=hear,
            guarded=request.sandboxed,
        )
    except GradcheckError as error:
        if not heard:
            return [_error(request, name, str(error))]
        # What was understood stands, even if the search for a repair took too long.
        answer = {"steps": heard, "failures": [], "assumptions": []}
    if not answer["steps"]:
        return [_error(request, name, absent(answer, lambda line: program.place(line).line))]
    return [_report(request, post, index, name, answer, step) for step in answer["steps"]]


def _ask(request: Request, source: str) -> Mapping[str, Any]:
    """Understand a program once more, in a new child and at other points."""
    asked = {"source": source, "set": dict(request.values), "draw": 1}
    return call(PROOF, asked, request.limits, guarded=request.sandboxed)


def _error(request: Request, name: str, message: str) -> ProblemReport:
    return ProblemReport(name=name, target=request.name, verdict="error", message=message)


def _report(
    request: Request,
    post: Post,
    index: int,
    name: str,
    answer: Mapping[str, Any],
    step: Mapping[str, Any],
) -> ProblemReport:
    program = post.programs[index]
    result = judged(step)
    case = Case(
        post=post,
        program=program,
        file=request.name,
        step=step,
        judged=result,
        faults=FAULTS.all() if _is_wrong(result) else {},
    )
    ask = partial(_ask, request)
    mend = mended(post, index, step, request.name, ask) if _is_wrong(result) else None
    return ProblemReport(
        name=name,
        target=request.name,
        verdict=_overall(result.checks),
        entries_total=sum(check.entries for check in result.checks),
        evaluations=step["runs"],
        understood=_understood(program, answer, step),
        checks=result.checks,
        findings=tuple(findings(case, mend)),
    )


def _is_wrong(result: Judged) -> bool:
    return any(check.verdict == "wrong" for check in result.checks)


def _overall(checks: Sequence[Check]) -> ProblemVerdict:
    verdicts = {check.verdict for check in checks}
    if "wrong" in verdicts:
        return "wrong"
    return "undecided" if "undecided" in verdicts or not verdicts else "right"


def _understood(
    program: Program, answer: Mapping[str, Any], step: Mapping[str, Any]
) -> dict[str, Any]:
    loss = step["loss"]
    return {
        "step": program.place(step["line"]).line,
        "parameters": {p["name"]: p["shape"] for p in step["parameters"]},
        "loss": None if loss is None else {k: loss[k] for k in ("name", "basis", "text")},
        "rate": step.get("rate"),
        "assumptions": [f"{a['name']} {a['what']}" for a in answer["assumptions"]],
    }
