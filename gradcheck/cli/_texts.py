"""Texts in files: read whatever their encoding, written back in the same one."""

import codecs
from pathlib import Path

import click

from gradcheck.cli._stdout import Failure
from gradcheck.record import record

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NUL = "\0"


@record
class Text:
    """What a file says, and how it says it: its encoding, and the byte order mark before it."""

    text: str
    encoding: str = "utf-8"
    mark: bytes = b""

    def raw(self, text: str) -> bytes:
        """Return another text as this one's file would hold it."""
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            what = text[error.start : error.end]
            raise Failure(f"the file is in {self.encoding}, which has no {what!r}") from None


def read(name: str) -> Text:
    """Return the text of a file; raises Failure where there is none."""
    try:
        raw = Path(name).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Failure(f"{click.format_filename(name)!r} could not be read: {why}") from None
    return decoded(raw, name)


def decoded(raw: bytes, name: str) -> Text:
    """Return what bytes say: by their mark, else as UTF-8, else as Latin-1, which takes any.

    Raises Failure for what is no text in either.
    """
    mark, encoding = next((pair for pair in _MARKS if raw.startswith(pair[0])), (b"", "utf-8"))
    try:
        text = raw[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        mark, encoding, text = b"", "latin-1", raw.decode("latin-1")
    if _NUL in text:
        line = text[: text.index(_NUL)].count("\n") + 1
        raise Failure(
            f"{click.format_filename(name)!r} is no text: there is a zero byte in line {line}"
        )
    return Text(text=text, encoding=encoding, mark=mark)
