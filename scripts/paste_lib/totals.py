"""Grades as a table of words, with totals and how long it took."""

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

from paste_lib.grade import Grade

_QUESTIONS = ("answered", "detected", "parameters", "line", "verified", "patched")


def summary(grades: Sequence[Grade]) -> dict[str, Any]:
    """Return counts of hits, as (hits, of how many), and times in seconds."""
    found: dict[str, Any] = {
        name: _counted([getattr(grade, name) for grade in grades]) for name in _QUESTIONS
    }
    found["named"] = _added([grade.named for grade in grades])
    found["elsewhere"] = _added([grade.elsewhere for grade in grades])
    found["accused"] = _counted([grade.accused for grade in grades])
    for name in ("seconds", "processor"):
        times = [getattr(grade, name) for grade in grades] or [0.0]
        found[name] = {"median": median(times), "most": max(times)}
    return found


def _counted(answers: Sequence[bool | None]) -> tuple[int, int]:
    asked = [answer for answer in answers if answer is not None]
    return sum(asked), len(asked)


def _added(answers: Sequence[tuple[int, int] | None]) -> tuple[int, int]:
    asked = [answer for answer in answers if answer is not None]
    return sum(a for a, _ in asked), sum(b for _, b in asked)


def told(grades: Sequence[Grade]) -> Iterator[str]:
    """Yield the totals in words."""
    found = summary(grades)
    for name, words in _WORDS.items():
        hits, most = found[name]
        share = f" ({hits / most:.0%})" if most else ""
        yield f"{words:<28}{hits:>4} of {most}{share}"
    for name, words in (("seconds", "seconds"), ("processor", "of the processor")):
        yield f"{words:<28}{found[name]['median']:>6.1f} median, {found[name]['most']:.1f} most"


_WORDS = {
    "answered": "right verdict",
    "detected": "detected",
    "parameters": "wrong parameters exact",
    "named": "family named",
    "line": "right line first",
    "verified": "patch verified",
    "patched": "patch as the sheet's",
    "accused": "falsely accused",
    "elsewhere": "found elsewhere",
}

_MARKS: tuple[tuple[str, Callable[[Grade], Any]], ...] = (
    ("right", lambda g: g.answered),
    ("params", lambda g: g.parameters),
    ("named", lambda g: g.named and g.named[0] == g.named[1]),
    ("line", lambda g: g.line),
    ("proved", lambda g: g.verified),
    ("patch", lambda g: g.patched),
    ("else", lambda g: g.elsewhere and g.elsewhere[0] == g.elsewhere[1]),
)

HEAD = f"{'case':<36}" + "".join(f"{name:>7}" for name, _ in _MARKS) + f"{'sec':>6}{'cpu':>6}"


def row(grade: Grade) -> str:
    """Return a case's line of the table."""
    marks = "".join(f"{_mark(read(grade)):>7}" for _, read in _MARKS)
    return f"{grade.name[:35]:<36}{marks}{grade.seconds:>6.1f}{grade.processor:>6.1f}"


def _mark(answer: Any) -> str:
    return "" if answer is None else "yes" if answer else "NO"
