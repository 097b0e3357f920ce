"""The recognition of configs among other files of a folder."""

import re
from pathlib import Path

from gradcheck.config.compose import documents
from gradcheck.config.grammar import TOP_KEYS
from gradcheck.config.text import read
from gradcheck.errors import ConfigError

_TELLING = re.compile(rf"^(?:{'|'.join(TOP_KEYS)})[ \t]*:", re.MULTILINE)
_ODD = re.compile(r"^(?![ #\n]|[a-z_]+:(?:[ \n]|\Z)).", re.MULTILINE)
"""What a single block mapping does not have at a line's start: else than keys and blanks."""


def looks_like_config(path: Path) -> bool:
    """Tell whether a file of a folder is a config: YAML with one of the telling top-level keys.

    Where the YAML is broken a line that starts with such a key decides.
    """
    try:
        source = read(path, str(path))
    except ConfigError:
        return True
    if not _ODD.search(source.text):
        return bool(_TELLING.search(source.text))
    return any(
        bool(_TELLING.search(source.text))
        if isinstance(root, ConfigError)
        else any(key.text in TOP_KEYS for key, _ in root.pairs)
        for root in documents(source)
    )
