"""Small edits of expressions in somebody's source text, as a person would make them.

An edit replaces one subexpression and leaves every other character as it was. Which edits
there are does not depend on what the text is for; the caller says what they may be made of.
"""

from gradcheck.edits.material import Material
from gradcheck.edits.operators import (
    REPEATED,
    SCALING,
    TOGETHER,
    Draft,
    drafts,
    exchanges,
    rank,
    rewrites,
)
from gradcheck.edits.rewrite import Rewrite, apply
from gradcheck.edits.statements import statement_rewrites

__all__ = [
    "REPEATED",
    "SCALING",
    "TOGETHER",
    "Draft",
    "Material",
    "Rewrite",
    "apply",
    "drafts",
    "exchanges",
    "rank",
    "rewrites",
    "statement_rewrites",
]
