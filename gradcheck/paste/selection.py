"""The programs of a post that are asked for, by their numbers or by what they have."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from gradcheck.errors import GradcheckError
from gradcheck.paste.reading.post import Post, Program
from gradcheck.record import record

_LISTED = 20


class SelectionError(GradcheckError):
    """There is no program like that in the text; says which there are."""


@record
class At:
    """A line of the text as given, of one of its cells if it is a notebook."""

    line: int
    cell: int | None = None

    def __str__(self) -> str:
        return str(self.line) if self.cell is None else f"{self.cell}:{self.line}"


@record
class Chosen:
    """A program, its index in the post, and the program's line of the step asked for."""

    index: int
    program: Program
    step: int | None = None


def chosen(post: Post, number: int | None, at: At | None) -> list[Chosen]:
    """Return the programs asked for, all where nothing is; raises SelectionError for none.

    Programs count from 1.
    """
    found = [Chosen(index=k, program=program) for k, program in enumerate(post.programs)]
    if number is not None:
        found = found[number - 1 : number] if number > 0 else []
        if not found:
            raise SelectionError(f"there is no program {number}: {_listed(post.programs)}")
    if at is None or not found:
        return found
    having = list(_having(found, at))
    if not having:
        which = [each.program for each in found]
        raise SelectionError(f"no program has line {at}: {_listed(which)}{_cells(post, at)}")
    return having


def require_names(found: Sequence[Chosen], names: Iterable[str]) -> None:
    """Raise SelectionError for a name that none of the programs has, with those that they have."""
    known = {
        node.id
        for each in found
        for node in ast.walk(ast.parse(each.program.source))
        if isinstance(node, ast.Name)
    }
    for name in names:
        if found and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            some = ", ".join(sorted(known)[:_LISTED]) + (" ..." if len(known) > _LISTED else "")
            raise SelectionError(f"--set: the code has no name {name!r}{hint} It has {some}")


def _having(found: Sequence[Chosen], at: At) -> Iterator[Chosen]:
    for each in found:
        for line, place in enumerate(each.program.places, 1):
            if place.line == at.line and place.cell == at.cell:
                yield Chosen(index=each.index, program=each.program, step=line)
                break


def _listed(programs: Sequence[Program]) -> str:
    if not programs:
        return "there is none in this text"
    if len(programs) == 1:
        return f"there is one, {programs[0].title}"
    return "there are " + "; ".join(f"{k}, {p.title}" for k, p in enumerate(programs, 1))


def _cells(post: Post, at: At) -> str:
    if post.notebook and at.cell is None:
        return "; in a notebook a line is written CELL:LINE, cells counting from 0"
    return ""
