"""The mutation study: mistakes planted in programs that are right, and what becomes of them."""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gradcheck.errors import GradcheckError
from gradcheck.paste.reading.read import read
from gradcheck.paste.reading.rewriting import Change, applied, edits
from gradcheck.paste.sandbox.launch import call
from gradcheck.paste.session import Request, run
from gradcheck.paste.verdicts import judged
from gradcheck.record import record
from paste_lib.claims import Told, agree, factor, told
from paste_lib.grade import patched
from paste_lib.operators import mutants

ROLES = "paste_lib.roles"

LEFT_OUT = (
    "it does not run",
    "it changes nothing",
    "it changes one common positive factor",
    "it is the exact gradient of another standard loss",
)
"""Why a mutant is none; the last only where the code writes no loss."""


@record
class Planted:
    """One mutant of one program of a text; `text` is what the text becomes."""

    path: Path
    index: int
    line: int
    operator: str
    text: str


@record
class Outcome:
    """What became of a mutant: `left_out` says why it is none, the others what was found.

    `located` says that the first finding is on the line that was changed, `patched` that the
    verified patch claims what the text did before.
    """

    path: Path
    line: int
    operator: str
    text: str
    left_out: str | None = None
    detected: bool = False
    located: bool = False
    verified: bool = False
    patched: bool = False


def planted(paths: Sequence[Path], seed: int) -> Iterator[Planted]:
    """Yield mutants of all texts, in turns and in random order; texts that are wrong have none."""
    chance = random.Random(seed)
    piles = []
    for path in paths:
        own = list(_of(path))
        chance.shuffle(own)
        piles.append(own)
    while any(piles):
        for pile in piles:
            if pile:
                yield pile.pop()


def _of(path: Path) -> Iterator[Planted]:
    text = _text(path)
    post = read(text)
    for index, program in enumerate(post.programs):
        try:
            lines = call(ROLES, {"source": program.source})["lines"]
        except GradcheckError:
            continue
        for mutant in mutants(program.source, frozenset(lines)):
            changes = [Change(line=line, new=new) for line, new in mutant.lines.items()]
            made = edits(program, changes, path.name)
            line = program.place(mutant.first).line
            new = applied(post, made)
            yield Planted(path=path, index=index, line=line, operator=mutant.operator, text=new)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", errors="replace")


def studied(one: Planted) -> Outcome:
    """Tell whether a mutant is one, and what paste makes of it."""
    before, after = told(_text(one.path)), told(one.text)
    why = _left_out(before, after, one.index)
    where = {"path": one.path, "line": one.line, "operator": one.operator, "text": one.text}
    if why is not None:
        return Outcome(**where, left_out=why)
    report = run(Request(text=one.text, name=one.path.name))
    errors = [f for p in report.problems for f in p.findings if f.level == "error"]
    mended = patched(one.text, report)
    return Outcome(
        **where,
        detected=any(problem.verdict == "wrong" for problem in report.problems),
        located=bool(errors and errors[0].location and errors[0].location.line == one.line),
        verified=any(error.fix for error in errors),
        patched=mended is not None and agree(told(mended), before),
    )


def _left_out(before: Told, after: Told, index: int) -> str | None:
    if len(after) != len(before) or _errors(after, index) - _errors(before, index):
        return LEFT_OUT[0]
    ratio = factor(after, before)
    if ratio is not None and abs(ratio - 1) < 1e-6:
        return LEFT_OUT[1]
    if ratio is not None and ratio > 0:
        return LEFT_OUT[2]
    steps = after[index]["steps"]
    if steps and all(_explains(step) for step in steps) and not _is_written(before, index):
        return LEFT_OUT[3]
    return None


def _errors(answers: Told, index: int) -> set[str]:
    return {str(failure["error"]).partition(":")[0] for failure in answers[index]["failures"]}


def _explains(step: Mapping[str, object]) -> bool:
    """Tell whether all of a step's claims are the gradient of the standard loss that it names."""
    checks = judged(step).checks
    return bool(step["loss"]) and bool(checks) and all(c.verdict == "right" for c in checks)


def _is_written(answers: Told, index: int) -> bool:
    losses = [step["loss"] for step in answers[index]["steps"]]
    return any(loss is not None and loss["basis"] != "inferred" for loss in losses)
