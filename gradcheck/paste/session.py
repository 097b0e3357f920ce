"""The use case of pasted code: a text in, a report of all its programs out."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, replace
from functools import partial
from typing import Any

from gradcheck import __version__
from gradcheck.acceptance import Passage, accepted
from gradcheck.catalogues import FAULTS
from gradcheck.errors import GradcheckError
from gradcheck.fingerprints import signed
from gradcheck.hints import PATCH, hinted
from gradcheck.paste import understood
from gradcheck.paste.absence import absent
from gradcheck.paste.companions import remarks
from gradcheck.paste.derivation import derived
from gradcheck.paste.findings import Case, findings
from gradcheck.paste.fixes import mended
from gradcheck.paste.reading.notebook import cells
from gradcheck.paste.reading.post import Post
from gradcheck.paste.reading.read import read
from gradcheck.paste.reading.shapes import told
from gradcheck.paste.remarks import notes
from gradcheck.paste.sandbox.launch import available, call, warm
from gradcheck.paste.sandbox.limits import Limits
from gradcheck.paste.selection import At, Chosen, chosen, require_names
from gradcheck.paste.understood import Reading
from gradcheck.paste.verdicts import Judged, judged, settled, unfounded
from gradcheck.record import record
from gradcheck.report import (
    ALONG,
    Check,
    Location,
    Pictures,
    ProblemReport,
    ProblemVerdict,
    Report,
)

SERVICE = "gradcheck.paste.repair.service"
PROOF = "gradcheck.paste.understanding.understand"

_AT_ONCE = 2
"""So many programs of a text are run at the same time."""

_EXACT = 1e-15


@record
class Request:
    """What is asked: a text, under the name that reports use, and what the user has said about it.

    `values` are expressions for names; `step`, `loss` and `parameters` correct what would be
    found; `program` picks one, from 1. `hint` is the level of what is told, `explain` adds
    derivations and `pictures` what only pictures need. `sandboxed` False runs the code with all the
    rights of the user.
    """

    text: str
    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    step: At | None = None
    loss: str | None = None
    parameters: tuple[str, ...] = ()
    program: int | None = None
    hint: int = PATCH
    explain: bool = False
    pictures: bool = False
    sandboxed: bool = True
    limits: Limits = field(default_factory=Limits)
    remarks: tuple[str, ...] = ()


def run(request: Request) -> Report:
    """Read a text, run its programs, and judge their gradients.

    Raises SelectionError where the text has no program like the one asked for, and GradcheckError
    where there can be no sandbox and one is wanted.
    """
    why = available() if request.sandboxed else None
    if why is not None:
        raise GradcheckError(
            f"there is no sandbox here: {why}; --no-sandbox runs the code with all your rights"
        )
    warm(SERVICE, guarded=request.sandboxed)
    post = read(request.text)
    wanted = chosen(post, request.program, request.step)
    require_names(wanted, request.values)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        told = pool.map(partial(_problems, request, post), wanted)
        problems = [problem for own in told for problem in own]
    if not problems:
        problems = [_error(request, request.name, "no program was found in this text")]
    report = Report(
        problems=tuple(problems),
        tool_version=__version__,
        remarks=(*request.remarks, *post.notes, *remarks(problems)),
    )
    return hinted(derived(report) if request.explain else report, request.hint)


def _problems(request: Request, post: Post, each: Chosen) -> list[ProblemReport]:
    """Return what there is to report of one program, a problem for each of its steps."""
    name = request.name if len(post.programs) == 1 else f"{request.name}#{each.index + 1}"
    heard: list[Mapping[str, Any]] = []

    def hear(told: Mapping[str, Any]) -> None:
        if "first" in told:
            heard[-1] = {**heard[-1], "repair": {"done": [], **told}}
            return
        heard.append(told["step"])
        if _is_wrong(judged(told["step"])):
            warm(PROOF, guarded=request.sandboxed)

    drawn = {"pictures": True} if request.pictures else {}
    try:
        answer = call(
            SERVICE,
            question(request, each.program.source, each.step) | drawn,
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
        lines = each.program.place
        return [_error(request, name, absent(answer, lambda line: lines(line).line))]
    readings = [_reading(post, each.index, answer, step) for step in answer["steps"]]
    return [_report(request, name, reading) for reading in readings]


def question(request: Request, source: str, step: int | None) -> dict[str, Any]:
    """Return what a child is asked about a program, `step` being the program's line of it."""
    asked: dict[str, Any] = {
        "step": step,
        "loss": request.loss,
        "parameters": list(request.parameters) or None,
    }
    said = told(request.text)
    asked |= {"shapes": said.shapes or None, "signs": said.signs or None}
    given = {key: value for key, value in asked.items() if value is not None}
    return {"source": source, "set": dict(request.values), **given}


def _ask(
    request: Request, line: int, length: int, source: str, loss: str | None
) -> Mapping[str, Any]:
    """Understand a patched program, in a new child and at other points, with any loss or one.

    The step is looked for on its `line` alone where there are `length` line ends as before: else
    the patch may have moved it.
    """
    asked = {**question(request, source, None), "draw": 1} | ({"loss": loss} if loss else {})
    same = {"step": line} if source.count("\n") == length else {}
    answer = call(PROOF, asked | same, request.limits, guarded=request.sandboxed)
    if same and answer.get("refused"):
        return call(PROOF, asked, request.limits, guarded=request.sandboxed)
    return answer


def _error(request: Request, name: str, message: str) -> ProblemReport:
    return ProblemReport(name=name, target=request.name, verdict="error", message=message)


def _reading(post: Post, index: int, answer: Mapping[str, Any], step: Mapping[str, Any]) -> Reading:
    return Reading(post=post, index=index, answer=answer, step=step, judged=judged(step))


def _report(request: Request, name: str, reading: Reading) -> ProblemReport:
    step = reading.step
    length = reading.post.programs[reading.index].source.count("\n")
    ask = partial(_ask, request, step["line"], length)
    asked = (reading.post, reading.index, step, request.name, ask)
    mend = mended(*asked) if _is_wrong(reading.judged) else None
    if mend is None:
        reading = replace(reading, judged=unfounded(step, reading.judged))
    else:
        reading = replace(reading, judged=settled(step, reading.judged, mend.state))
    result = reading.judged
    case = Case(
        post=reading.post,
        program=reading.program,
        file=request.name,
        step=step,
        judged=result,
        faults=FAULTS.all() if _is_wrong(result) else {},
    )
    report = ProblemReport(
        name=name,
        target=request.name,
        verdict=_overall(result.checks),
        mode=ALONG,
        entries_total=sum(check.entries for check in result.checks),
        evaluations=step["runs"],
        probes=_probes(step),
        understood=understood.data(reading),
        reading=understood.words(reading),
        checks=result.checks,
        findings=(*findings(case, mend), *notes(case)),
        remarks=tuple(_conclusion(reading)),
        pictures=_pictures(reading) if request.pictures else None,
    )
    return _excused(signed(report, partial(_text, reading.post)), reading)


def _pictures(reading: Reading) -> Pictures | None:
    from gradcheck.paste.pictures import pictures

    return pictures(reading.step, reading.judged)


def _excused(report: ProblemReport, reading: Reading) -> ProblemReport:
    """Accept what comments of the text accept."""
    post = reading.post
    if "gradcheck:" not in post.text:
        return report
    found = cells(post.text)
    passages = (
        [Passage(file=report.target, text=post.text)]
        if found is None
        else [Passage(file=report.target, text=cell.source, cell=cell.number) for cell in found]
    )
    # Of several programs or steps, each has its own comments, and none of the others'.
    partly = len(post.programs) > 1 or len(reading.answer["steps"]) > 1
    judged_again = accepted(report, passages, partly=partly)
    return replace(judged_again, verdict=_overall(judged_again.checks))


def _probes(step: Mapping[str, Any]) -> tuple[str, ...]:
    points = max((len(entry["rows"]) for entry in step["parameters"]), default=0)
    return tuple(f"random {number}" for number in range(1, points + 1))


def _conclusion(reading: Reading) -> Iterator[str]:
    """Say of a right program what that means."""
    checks, loss = reading.judged.checks, reading.step["loss"]
    if loss is None or _overall(checks) != "right":
        return
    off = max((check.relative or 0.0 for check in checks), default=0.0)
    name = f"the {loss['name']}" if loss["formula"] else f"`{loss['name']}`"
    yield (
        f"the gradients are right: at every point tried they are those of {name}, "
        f"to within {max(off, _EXACT):.0e} of their size"
    )


def _text(post: Post, place: Location) -> str | None:
    """Return the text that a place is in: of a notebook, that of the cell."""
    found = cells(post.text)
    if found is None:
        return post.text
    return next((cell.source for cell in found if cell.number == place.cell), None)


def _is_wrong(result: Judged) -> bool:
    return any(check.verdict == "wrong" for check in result.checks)


def _overall(checks: Sequence[Check]) -> ProblemVerdict:
    verdicts = {check.verdict for check in checks if check.accepted is None}
    if "wrong" in verdicts:
        return "wrong"
    return "undecided" if "undecided" in verdicts or not checks else "right"
