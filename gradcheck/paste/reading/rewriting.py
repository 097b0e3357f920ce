"""Changes to a program's lines carried over to the text as given."""

from collections.abc import Mapping, Sequence

from gradcheck.errors import InternalError
from gradcheck.paste.reading.lines import split
from gradcheck.paste.reading.notebook import cells, rewritten
from gradcheck.paste.reading.post import Place, Post, Program
from gradcheck.record import record
from gradcheck.report import Edit


class Changed(InternalError):  # noqa: N818  (an outcome)
    """A line is not what an edit would replace."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return self.message


@record
class Change:
    """One whole-line replacement in a program; `new` None deletes, several lines insert."""

    line: int
    new: str | None


def edits(program: Program, changes: Sequence[Change], file: str) -> tuple[Edit, ...]:
    """Return the changes as edits of the given text, in the style of its lines.

    Prompts, line numbers, tabs, lost indentation, Python 2 and typographic characters stay as
    they are wherever a change leaves the program's text alone.
    """
    made = []
    for change in sorted(changes, key=lambda change: change.line):
        place = program.places[change.line - 1]
        new = None if change.new is None else "\n".join(_lines(program, place, change.new))
        made.append(Edit(file=file, line=place.line, old=place.given, new=new, cell=place.cell))
    return tuple(made)


def applied(post: Post, made: Sequence[Edit]) -> str:
    """Return the full text of a post with edits made, as `revised` does."""
    return revised(post.text, made)


def revised(text: str, made: Sequence[Edit]) -> str:
    """Return a text with edits made; line ends and a notebook's JSON stay as they are.

    Raises `Changed` where an edit's old line is not what the text has.
    """
    found = cells(text)
    if found is None:
        return "".join(edited(split(text), made))
    for cell in reversed(found):
        own = [edit for edit in made if edit.cell == cell.number]
        if own:
            lines = split(cell.source)
            text = rewritten(text, cell, lines, edited(lines, own))
    return text


def edited(lines: Sequence[str], made: Sequence[Edit]) -> list[str]:
    """Return for each line, with its end, what edits put in its place."""
    by_line: Mapping[int, Edit] = {edit.line: edit for edit in made}
    ends = [line[len(line.rstrip("\r\n")) :] for line in lines]
    usual = next((end for end in ends if end), "\n")
    result = []
    for number, (line, end) in enumerate(zip(lines, ends, strict=True), 1):
        edit = by_line.get(number)
        if edit and line.rstrip("\r\n") != edit.old:
            raise Changed(f"line {number} is {line!r}, not {edit.old!r}", number)
        result.append(_put(edit.new, end, usual) if edit else line)
    return result


def _put(new: str | None, end: str, usual: str) -> str:
    return "" if new is None else (end or usual).join(new.split("\n")) + end


def _lines(program: Program, place: Place, new: str) -> list[str]:
    """Return new lines as the given text would have them; one of them stands for the old."""
    lines = new.split("\n")
    kept = lines.index(place.text) if place.text in lines else 0
    return [
        _kept(program, place, line) if k == kept else _added(program, place, line)
        for k, line in enumerate(lines)
    ]


def _kept(program: Program, place: Place, new: str) -> str:
    """Return the given line with only that replaced in which the program's line differs."""
    old = place.text
    if _lead(old) != _lead(new):
        return _added(program, place, new)
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    start, stop = place.columns[head], place.columns[len(old) - tail]
    return place.given[:start] + new[head : len(new) - tail] + place.given[stop:]


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _added(program: Program, place: Place, new: str) -> str:
    if not new.strip():
        return ""
    return _prompt(place, new) + _indentation(program, place, _lead(new)) + new.lstrip()


def _prompt(place: Place, new: str) -> str:
    """Return what stands before the code on a line near the place."""
    prompt = place.given[: place.prefix]
    if prompt.strip() in (">>>", "..."):
        return prompt.replace(prompt.strip(), "..." if new[:1].isspace() else ">>>")
    if prompt.lstrip().startswith("In"):
        return "...: ".rjust(len(prompt))
    return prompt


def _indentation(program: Program, place: Place, lead: str) -> str:
    """Return the indentation that the given text has where the program's is `lead`."""
    at = program.places.index(place)
    near = sorted(range(len(program.places)), key=lambda k: abs(k - at))
    for other in (program.places[k] for k in near):
        if other.text.strip() and _lead(other.text) == lead:
            return other.given[other.prefix : other.columns[len(lead)]]
    return lead


def _lead(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
