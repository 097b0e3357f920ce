"""Notices: what is to be said about the check itself rather than about a gradient.

Randomness, kinks, noise, precision: what must be ruled out before a gradient is called wrong, and
what can't be decided because of it.
"""

from collections.abc import Iterable, Mapping, Sequence

from gradcheck.findings.mismatch import listed
from gradcheck.problem import Fact, Problem
from gradcheck.record import record
from gradcheck.report import Check, Finding, Level


@record
class _Notice:
    """How a fact is told; `{names}` in the message are its parameters.

    The level is that of a fact about parameters that are right, where `else_level` is there.
    """

    level: Level
    title: str
    message: str
    help: str
    else_level: Level | None = None


NOTICES: Mapping[str, _Notice] = {
    "CHK01": _Notice(
        level="note",
        title="numbers are in less than double precision",
        message="{names}: less than double precision",
        help="bars are as wide as the gradient's precision makes them: what is off by less is not "
        "seen",
    ),
    "CHK02": _Notice(
        level="warning",
        title="the loss is too noisy to be differentiated",
        message="the gradient of {names} is undecided: the noise of the loss hides it",
        help="take the offset or the large constant terms out of the loss, compute it in float64, "
        "or let the complex step decide with method: auto",
    ),
    "CHK03": _Notice(
        level="warning",
        title="a kink leaves the gradient open",
        message="the gradient of {names} is undecided: too many units sit on a kink",
        help="move the point off its kinks, as by parameters: {'*.bias': {normal: [0, 0.1]}}, or "
        "take a smaller batch; what no kink touches is decided",
    ),
    "CHK04": _Notice(
        level="note",
        title="arrays of whole numbers stand where gradients or weights should",
        message="{names}: whole numbers cut off what a gradient or an update adds",
        help="make them float64, as by np.zeros(n) rather than np.array([0, 0])",
        else_level="warning",
    ),
    "CHK05": _Notice(
        level="warning",
        title="the same point gives something else each time",
        message="{names} can't be decided: asked again at the same point, the answer is another",
        help="freeze what is random: draw masks and samples once, from a seed, before the call",
    ),
    "CHK06": _Notice(
        level="warning",
        title="the function remembers earlier calls",
        message="{names} can't be decided: what is claimed depends on what was asked before",
        help="make what is kept between calls an argument, or set it back at the start: gradients "
        "to zero, running means and caches to what they were",
    ),
    "CHK07": _Notice(
        level="warning",
        title="the function changes what it is given",
        message="the function changed {names} in place; here that was a copy, but in training it "
        "spoils the next step",
        help="work on a copy: x = x.copy(), and x = x - mean for x -= mean",
    ),
    "CHK12": _Notice(
        level="note",
        title="the loss does not depend on a parameter",
        message="the gradient of {names} is zero, for what it moves does not reach the loss",
        help="if that is not meant, look at what lies between: a mask, a dead unit, zeros",
    ),
    "CHK14": _Notice(
        level="note",
        title="a gradient is zero for a reason",
        message="the gradient of {names} is zero, as it should be",
        help="rounding errors are as right here as zeros; the parameter may as well be left out",
    ),
    "CHK15": _Notice(
        level="warning",
        title="the claim has lost too many digits to be judged",
        message="the gradient of {names} is undecided: the claim has too few digits left",
        help="write the formula so that nothing cancels, as e / (1 + e)**2 with e = exp(-abs(z)) "
        "for a * (1 - a), claim in float64, or check a point that is less extreme",
    ),
    "CHK16": _Notice(
        level="note",
        title="the two numeric oracles disagree",
        message="complex step and differences do not give the same derivative for {names}",
        help="something in the forward pass drops imaginary parts, such as abs, a norm or a cast "
        "to float; with method: auto differences decide",
        else_level="warning",
    ),
}


def notices(problem: Problem, facts: Iterable[Fact], checks: Sequence[Check]) -> list[Finding]:
    """Return the findings that facts make."""
    return [_finding(problem, fact, checks) for fact in facts]


def _finding(problem: Problem, fact: Fact, checks: Sequence[Check]) -> Finding:
    notice = NOTICES[fact.code]
    right = {check.parameter for check in checks if check.verdict == "right"}
    return Finding(
        code=fact.code,
        family="precondition",
        level=notice.level if right >= {*fact.parameters} else notice.else_level or notice.level,
        title=notice.title,
        message=notice.message.format(names=listed(fact.parameters)),
        parameters=fact.parameters,
        location=next((at for n in fact.parameters if (at := problem.locations.get(n))), None),
        evidence=fact.evidence,
        help=notice.help,
    )
