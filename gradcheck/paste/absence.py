"""What is said where a program has no training step, or not what was asked for.

Each message says what was looked for, what there is, and what to do.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Line: TypeAlias = Callable[[int], int]
"""Gives the line of the text for a line of the program."""

_MOST = 8
_FAILURES = 3

_NOTHING = (
    "no training step was found: neither a loop that changes numbers which something like a "
    "loss depends on, nor variables named as the gradients of others"
)
_WANTED = {
    "step": "expected the line of a loop that trains, or one inside it",
    "loss": "expected a name or an expression that the parameters change, or a standard loss",
    "parameters": "expected the names of numbers that the step changes",
}


def absent(answer: Mapping[str, Any], line: Line) -> str:
    """Say why an answer of `understanding` has no steps."""
    refused = answer.get("refused")
    return _nothing(answer, line) if refused is None else _refused(refused, line)


def _refused(refused: Mapping[str, Any], line: Line) -> str:
    subject = refused["subject"]
    found = refused["asked"]
    names = [str(one) for one in refused["candidates"]]
    if subject == "step":
        found, names = line(found), [str(line(one)) for one in refused["candidates"]]
    there = f"found in this program: {_listed(names)}" if names else "there is none in this program"
    return f"--{subject}: {_WANTED[subject]}, found {found!r}; {there}"


def _nothing(answer: Mapping[str, Any], line: Line) -> str:
    failures, loops = answer["failures"], answer.get("loops", ())
    return "; ".join([_NOTHING, *_failures(failures, line), _loops(loops, line)])


def _failures(failures: Sequence[Mapping[str, Any]], line: Line) -> list[str]:
    if not failures:
        return []
    told = "; ".join(f"line {line(f['line'])}: {f['error']}" for f in failures[:_FAILURES])
    return [f"the program fails ({told}): what is missing can be given by --set NAME=EXPR"]


def _loops(loops: Sequence[Mapping[str, Any]], line: Line) -> str:
    told = [
        f"that at line {line(one['line'])} changes {_listed(one['changes'])}"
        for one in loops[:_MOST]
        if one["changes"]
    ]
    if not told:
        return "nothing in it changes numbers in a loop: paste the loop that trains as well"
    return (
        f"of its loops, {', '.join(told)}: if one of them trains, say which by --step LINE, and "
        "by --parameters NAMES and --loss NAME what it changes and minimises"
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST]) + (" ..." if len(names) > _MOST else "")
