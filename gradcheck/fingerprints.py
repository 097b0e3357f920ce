"""Fingerprints: what makes a finding the same one after lines have moved.

A fingerprint is made of the fault's code, the qualified name of the function that the place is in
(of the problem, where there is none) and the statement there, without comments and as `ast` would
write it. Line numbers have no part in it, nor have indentation and blanks.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from textwrap import dedent
from typing import TypeAlias

from gradcheck.report import Context, Finding, Location, ProblemReport

AROUND = 2
"""Lines of the context before and after a place."""

LENGTH = 32
"""Hexadecimal digits of a fingerprint: 128 bits, so that no two are the same by chance."""

_DEFINITION = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")

Texts: TypeAlias = Callable[[Location], str | None]
"""Gives the text that a place is in (of a notebook, the cell's); None where it can't be had."""


def signed(report: ProblemReport, texts: Texts) -> ProblemReport:
    """Give the findings their fingerprints, and the context of their places."""
    seen: Counter[str] = Counter()
    findings = []
    for finding in report.findings:
        found = _signed(report.name, finding, texts)
        seen[found.fingerprint] += 1
        if (number := seen[found.fingerprint]) > 1:
            found = replace(found, fingerprint=f"{found.fingerprint}:{number}")
        findings.append(found)
    return replace(report, findings=tuple(findings))


def _signed(name: str, finding: Finding, texts: Texts) -> Finding:
    at = finding.location
    text = texts(at) if at and at.line else None
    if at is None or text is None:
        about = ", ".join(sorted(finding.parameters))
        return replace(finding, fingerprint=_fingerprint(finding.code, name, about))
    lines = text.splitlines()
    statement = normalised("\n".join(lines[at.line - 1 : at.end_line]))
    first = max(1, at.line - AROUND)
    return replace(
        finding,
        context=Context(first=first, lines=tuple(lines[first - 1 : at.end_line + AROUND])),
        fingerprint=_fingerprint(finding.code, scope(lines, at.line) or name, statement),
    )


def _fingerprint(*parts: str) -> str:
    return sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()[:LENGTH]


def normalised(statement: str) -> str:
    """Write a statement in one way; what is no Python keeps its words and loses its comments."""
    try:
        return ast.unparse(ast.parse(dedent(statement)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        bare = re.sub(r"(?m)(?:^|\s)#.*$", "", statement)
        return " ".join(bare.split())


def scope(lines: Sequence[str], number: int) -> str:
    """Return the qualified name of what line `number`, from 1, stands in; empty for the top.

    It goes by indentation, so the rest of the text need not be Python.
    """
    names: list[str] = []
    depth = _depth(lines[number - 1]) if number <= len(lines) else 0
    for line in reversed(lines[: number - 1]):
        if not depth:
            break
        if line.strip() and _depth(line) < depth:
            depth = _depth(line)
            if match := _DEFINITION.match(line.strip()):
                names.append(match[1])
    return ".".join(reversed(names))


def _depth(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())
