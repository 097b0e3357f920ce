"""Findings without a known mistake: gradients that are missing, misshapen or just wrong."""

from collections.abc import Iterator, Sequence
from math import isfinite

from gradcheck.array import Shape
from gradcheck.diagnose.explanation import Misshapen
from gradcheck.problem import Problem
from gradcheck.referee import Outcome
from gradcheck.report import Check, Finding, Fix, Location

EXACT = 1e-9
"""A relative residual below which a factor is said to be exact."""


WHOLE = 1e-6
"""The part of a difference that a factor may leave over and still be said to explain it all."""


def conventions(problem: Problem, outcome: Outcome) -> Iterator[Finding]:
    """Yield a note for each convention that the claims follow."""
    messages = [*problem.conventions]
    if abs(outcome.factor - 1) > EXACT:
        messages.append(
            f"all claims are {outcome.factor:.6g} times the gradient, as scale: free allows"
        )
    for message in messages:
        yield Finding(
            code="GRD04",
            family="mismatch",
            level="note",
            title="the claims follow another convention",
            message=message,
        )


def missing(problem: Problem, name: str, accepted: bool) -> Finding:
    return Finding(
        code="GRD02",
        family="mismatch",
        level="note" if accepted else "error",
        title="no gradient is claimed for a parameter",
        message=f"no gradient is claimed for {name}",
        parameters=(name,),
        evidence=(f"{name} has shape {problem.shapes[name]} and the loss depends on it",),
        help=f"claim grad.{name}, or leave it out of the check with only: [...]",
    )


def misshapen(
    problem: Problem,
    name: str,
    shape: Shape,
    accepted: bool,
    known: Misshapen | None,
    fix: Fix | None,
) -> Finding:
    """Say that a gradient has another shape than its parameter, and what it is if that is known."""
    wanted = problem.shapes[name]
    fault = known.fault if known else None
    return Finding(
        code=fault.code if fault else "GRD03",
        family=fault.family if fault else "mismatch",
        level="note" if accepted else "error",
        title=fault.title if fault else "a gradient has another shape than its parameter",
        message=f"the gradient of {name} has shape {shape}, but {name} has shape {wanted}",
        parameters=(name,),
        location=problem.locations.get(name),
        evidence=(
            *((known.words,) if known else ()),
            f"`{name} -= rate * gradient` would fail: {shape} does not broadcast to {wanted}",
        ),
        fix=fix,
        help="transposed weights are declared with layout: out_in"
        if shape == wanted[::-1]
        else "a gradient has its parameter's shape; look at the axis of the sum",
    )


def unexplained(
    problem: Problem,
    outcome: Outcome,
    wrong: Sequence[Check],
    *,
    is_error: bool,
    near: Sequence[str] = (),
    fix: Fix | None = None,
) -> Finding:
    """Say that gradients are wrong; `near` tells of faults that do not match."""
    names = tuple(check.parameter for check in wrong)
    right = [check.parameter for check in outcome.checks if check.verdict == "right"]
    return Finding(
        code="GRD01",
        family="mismatch",
        level="error" if is_error else "note",
        title="the claimed gradient is not the gradient of the loss",
        message=f"the gradient of {listed(names)} is wrong",
        parameters=names,
        location=location(problem, names),
        evidence=(
            *(describe(check) for check in wrong),
            *stretched(problem, outcome, names),
            *((f"right: {listed(right)}",) if right else ()),
            *near,
        ),
        fix=fix,
        help=_next_step(wrong),
    )


def without_bias(layer: str) -> Finding:
    """Note a layer without a bias beside layers of its kind that have one."""
    return Finding(
        code="TRN08",
        family="training",
        level="note",
        title="a layer has no bias, though its neighbours have one",
        message=f"{layer} has weights but no bias, unlike the other layers of its kind",
        help=f"if that is not meant: bias: true for {layer}",
    )


def stretched(problem: Problem, outcome: Outcome, names: Sequence[str]) -> Iterator[str]:
    """Tell of claims that NumPy broadcasts to their parameters."""
    for name in names:
        if name in outcome.stretched:
            yield (
                f"{name} is claimed with shape {outcome.stretched[name]}, which NumPy stretches to "
                f"{problem.shapes[name]}"
            )


def location(problem: Problem, names: Sequence[str]) -> Location | None:
    """Return the first place at which any of the parameters' gradients is claimed."""
    return next((problem.locations[n] for n in names if n in problem.locations), None)


def describe(check: Check) -> str:
    """Say in one line how a wrong gradient differs from the true one."""
    name = check.parameter
    if check.worst is None:
        return f"{name}: {check.reason}"
    parts = []
    if not isfinite(check.worst.claimed):
        return f"{name}: {check.worst.claimed} is claimed at {list(check.worst.index)}"
    if check.wrong_entries:
        parts.append(check.pattern or "")
    elif check.reason:
        parts.append(check.reason)
    if not check.wrong_entries and check.entries_checked:
        parts.append(f"though none of {check.entries_checked} entries checked one by one is wrong")
    elif check.ratio is not None and exact(check):
        parts.append(f"exactly {_digits(check.ratio)} times the true gradient")
    elif check.cosine is not None and check.relative is not None:
        parts.append(f"{check.relative:.2g} off in norm, cosine {check.cosine:.4f}")
    if check.wrong_at and "given" not in check.wrong_at:
        parts.append(f"though right at the given point: see {check.wrong_at[0]}")
    return f"{name}: {', '.join(part for part in parts if part)}"


def exact(check: Check) -> bool:
    """Tell whether one factor explains the whole difference between claimed and true gradient.

    What only some entries show is no factor of all, however small it is beside the rest.
    """
    if check.ratio is None or check.relative is None or check.cosine is None:
        return False
    left = abs(abs(check.ratio - 1) - check.relative)
    return (
        check.wrong_entries > 0
        and abs(abs(check.cosine) - 1) < EXACT
        and left <= min(EXACT * max(1.0, check.relative), WHOLE * check.relative)
    )


def _digits(factor: float) -> str:
    """Write a factor, with as many digits as tell it from 1."""
    few = f"{factor:.6g}"
    return f"{factor:.9g}" if few == "1" else few


def _next_step(wrong: Sequence[Check]) -> str:
    factors = {check.ratio if exact(check) else None for check in wrong}
    factor = factors.pop() if len(factors) == 1 else None
    if factor is not None:
        if factor == -1:
            return "the sign is reversed: differentiate by yhat, not by y, or say update: '+='"
        return (
            f"what is wrong is {_digits(factor)} times the gradient: look for a factor that is "
            "missing or there twice, such as 1/m, a sum for a mean or the loss's own"
        )
    first = wrong[-1].parameter
    return f"compare each step of the derivation from the loss back to {first}"


def listed(names: Sequence[str]) -> str:
    """Name some things in a sentence, not more than six of them."""
    if len(names) > 6:
        return f"{', '.join(names[:5])} and {len(names) - 5} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
