"""Programs of one post that differ in nothing but the loss that their gradients belong to.

Which of two backward passes is the wrong one is often asked where neither is: each is right for
a loss of its own.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from gradcheck.report import ProblemReport


def remarks(problems: Sequence[ProblemReport]) -> Iterator[str]:
    """Yield a remark on each two right programs with the same parameters and different losses."""
    for one, other in combinations(problems, 2):
        if _is_right(one) and _is_right(other) and _same(one, other):
            names = [_loss(problem) for problem in (one, other)]
            if names[0] != names[1]:
                yield (
                    f"programs {_number(one)} and {_number(other)} differ in their gradients, and "
                    f"neither is wrong: they belong to different losses, the first to the "
                    f"{names[0]}, the second to the {names[1]}"
                )


def _is_right(problem: ProblemReport) -> bool:
    return problem.verdict == "right" and bool(problem.understood)


def _same(one: ProblemReport, other: ProblemReport) -> bool:
    """Tell whether two programs have equal parameters and train them at the same place."""
    first, second = one.understood or {}, other.understood or {}
    same_line = (first["cell"], first["step"]) == (second["cell"], second["step"])
    return same_line and first["parameters"] == second["parameters"]


def _number(problem: ProblemReport) -> int:
    return int((problem.understood or {})["program"])


def _loss(problem: ProblemReport) -> str:
    loss = (problem.understood or {}).get("loss") or {}
    return str(loss.get("name", ""))
