"""Names that a config may give to layers, inputs and targets: formulas must be able to use them."""

import re
from keyword import iskeyword

from gradcheck.config.text import Node, Source

_NAME = re.compile(r"[^\W\d]\w*")

_MEANINGS = {
    "yhat": "what the network predicts",
    "m": "the number of samples",
    "grad": "the gradients",
    "loss": "the loss",
    "l1": "the strength of l1 regularisation",
    "l2": "the strength of l2 regularisation",
    "np": "NumPy",
    "numpy": "NumPy",
}
"""Names that formulas use for something else."""


def check_name(source: Source, node: Node, name: str, what: str) -> None:
    """Refuse a name that formulas could not speak of, or mean something else by."""
    if why := _objection(name):
        raise source.error(f"{name!r} can't name {what}: {why}", node)


def _objection(name: str) -> str:
    if name in _MEANINGS:
        return f"in formulas it means {_MEANINGS[name]}"
    if iskeyword(name):
        return "it is a keyword of Python, so formulas could not speak of it"
    if not _NAME.fullmatch(name) or not name.isidentifier():
        return "formulas could not speak of it; use letters, digits and underscores"
    return "formulas refuse names that start with two underscores" if name[:2] == "__" else ""
