"""Posts: the programs of a text, and where every line of theirs came from.

Lines count from 1 and columns from 0, in characters, as `ast` counts but for its columns,
which are bytes of UTF-8 (`Program.characters` converts). The cells of a notebook count from
0, all kinds together, as in its file.
"""

from collections.abc import Sequence

from gradcheck.record import record


@record
class Place:
    """One line of a program, and the line of the given text that it was made from.

    `columns` holds the given column of each character of `text` and of its end; `prefix` is
    how long the prompt, line number or the like in front of the given line is. `width` is
    the indentation as given, where it had to be restored, and None elsewhere.
    """

    text: str
    given: str
    line: int
    cell: int | None
    columns: Sequence[int]
    prefix: int = 0
    width: int | None = None


@record
class Spot:
    """A position in the text as given."""

    cell: int | None
    line: int
    column: int


@record
class Program:
    """One program of a post: Python 3 that parses, line by line from the text as given.

    `decisions` tell in words what was done to the lines to make them so. A program with
    `variant_of` is that program of the post, by its index, with some functions replaced.
    """

    title: str
    source: str
    places: tuple[Place, ...]
    decisions: tuple[str, ...] = ()
    variant_of: int | None = None

    def place(self, line: int, column: int = 0) -> Spot:
        """Return where a position of the program is in the text as given.

        Lines behind the last one, which were added for running it, are at that.
        """
        place = self.places[min(line, len(self.places)) - 1]
        at = place.columns[min(column, len(place.text))]
        return Spot(cell=place.cell, line=place.line, column=at)

    def characters(self, line: int, offset: int) -> int:
        """Return the column in characters of an offset in bytes, as `ast` gives it."""
        return len(self.places[line - 1].text.encode()[:offset].decode(errors="ignore"))


@record
class Post:
    """A text as given, and the programs found in it, in order.

    `notes` tell in words what was left out of all programs, and why. `notebook` says that the
    text is a notebook's JSON, whose code cells were read.
    """

    text: str
    programs: tuple[Program, ...]
    notes: tuple[str, ...] = ()
    notebook: bool = False
