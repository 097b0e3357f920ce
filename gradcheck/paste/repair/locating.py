"""Where a mistake most likely is, when no value tells where a way back first goes wrong."""

import ast
from collections.abc import Mapping
from typing import Any

from gradcheck.paste.repair.influence import Influence
from gradcheck.paste.repair.judging import Shown
from gradcheck.paste.repair.statements import Statement

_ZEROS = ("zeros", "zeros_like", "empty", "empty_like")


def likeliest(
    statements: Mapping[int, Statement], influences: Mapping[int, Influence], shown: Shown
) -> Statement | None:
    """Return the first statement that most of what is wrong is made from, and nothing right.

    What hands on what there is, or makes room for what is computed later, is no mistake by itself.
    """
    suspects = [
        statements[number]
        for number, one in influences.items()
        if one.known and not one.forward and one.parameters and one.parameters <= shown.wrong
    ]
    suspects = [one for one in suspects if _computes(one.node.value)]
    reach = {one.number: len(influences[one.number].parameters) for one in suspects}
    return max(suspects, key=lambda one: reach[one.number], default=None)


def _computes(value: Any) -> bool:
    match value:
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.Constant() | None:
            return False
        case ast.Call(func=function):
            return ast.unparse(function).rpartition(".")[2] not in _ZEROS
        case ast.DictComp(value=inner) | ast.ListComp(elt=inner):
            return _computes(inner)
        case ast.Dict(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            return any(map(_computes, parts))
    return True
