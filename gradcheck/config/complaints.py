"""What a YAML parser's complaint means, in words for the author of the text.

PyYAML has two parsers, of which libyaml's is preferred for speed; their wordings differ.
"""

import re
from collections.abc import Callable
from typing import Any

import yaml

_MEANINGS = (
    (
        "',' or ']'",
        "the list that '[' opens {opened} is not closed; expected ',' or ']' here",
    ),
    (
        "',' or '}'",
        "the mapping that '{{' opens {opened} is not closed; expected ',' or '}}' here",
    ),
    (
        "mapping values are not allowed",
        (
            "found a ':' that can't be here; is the line indented like its neighbours, does every "
            "key above have its ': ', is text that holds ': ' quoted?"
        ),
    ),
    (
        "sequence entries are not allowed",
        "found a '-' that can't be here; a list starts on a line of its own",
    ),
    (
        "unexpected end of stream",
        "the quotation that opens {opened} is not closed before the end of the text",
    ),
    (
        "unknown escape character",
        (
            "found a backslash with an unknown meaning; in double quotes it starts an escape, in "
            "single quotes it stands for itself"
        ),
    ),
    (
        "'-' indicator|block collection",
        (
            "this line does not continue the list that starts {opened}; expected '- ', indented as "
            "there"
        ),
    ),
    (
        "expected key|block mapping",
        (
            "this line does not continue the mapping that starts {opened}; expected 'key: value', "
            "indented as there"
        ),
    ),
    ("expected ':'", "expected 'key: value', but this line has no ':' after its key"),
    ("node content", "expected a value here"),
    (
        "expected alphabetic or numeric",
        "expected a name of letters and digits after '&' or '*'; text that starts so needs quotes",
    ),
    ("undefined tag handle", "found a tag ('!...'); a config is plain data: leave it out"),
)


_CONTROL = "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


def complaint(error: yaml.YAMLError, text: str, line: Callable[[Any], int]) -> tuple[str, int]:
    """Return what is wrong with a text that is not YAML, and the offset where.

    `line` tells the line of one of the parser's marks.
    """
    if isinstance(error, yaml.reader.ReaderError):
        # The parsers count in bytes and in characters.
        match = re.search(_CONTROL, text)
        offset = match.start() if match else 0
        return f"found the control character {text[offset]!r}; remove it", offset
    if not isinstance(error, yaml.MarkedYAMLError):
        return f"this is not YAML: {error}", 0
    mark = error.problem_mark or error.context_mark
    offset = 0 if mark is None else int(mark.index)
    opened = "" if error.context_mark is None else f"in line {line(error.context_mark)}"
    return _meaning(error, text[offset : offset + 1], opened), offset


def _meaning(error: yaml.MarkedYAMLError, found: str, opened: str) -> str:
    problem, context = error.problem or "", error.context or ""
    if found == "\t":
        return "found a tab; YAML indents with spaces only"
    if "cannot start any token" in problem:
        return f"found {found!r}, which can't start a value; text that starts so needs quotes"
    for pattern, meaning in _MEANINGS:
        if re.search(pattern, problem) or re.search(pattern, context):
            return f"this is not YAML: {meaning.format(opened=opened)}"
    return f"this is not YAML: {' '.join(filter(None, (problem, context)))}"
