"""Names for mistakes of what is added up: along which axes, over and over, and which terms."""

import re

from gradcheck.paste.mistake import (
    ATTENTION,
    AVERAGE,
    AXIS,
    CONV,
    DECAY,
    LAYER_NORM,
    NORM,
    POOL,
    PRODUCT,
    SOFTMAX,
    Codes,
    Mistake,
)

_NODE = re.compile(r"(?i)[\w.\[\]]*\w\.(?:grad|gradient|adjoint)\s*=")
"""The gradient of a node that records what is done with it, set anew by each of its uses."""


def axes(m: Mistake) -> Codes:
    if len(AVERAGE.findall(m.statement)) > 1:
        yield "BNM15" if AXIS.search(m.new) else "LNM01"
    if m.is_bias:
        yield from ("BIA03" if "axis" not in m.old else "BIA04", "BIA04")
        return
    where = f"{m.function} {m.statement}"
    if ATTENTION.search(where) or ATTENTION.search(" ".join(m.feeds)):
        yield "ATT02"
    if SOFTMAX.search(where):
        yield "SMX04"
    yield from ("SHP02", "MAT13")


def contracted(_: Mistake) -> Codes:
    yield from ("MAT15", "MAT03")


def spread(_: Mistake) -> Codes:
    yield from ("MAT04",)


def transposed(m: Mistake) -> Codes:
    if m.is_recurrent and not m.is_own:
        yield "RNN09"
    through = m.is_parameter(m.old) or not m.is_own
    yield from ("MAT01", "MAT14") if through else ("MAT02", "MAT12")


def accumulated(m: Mistake) -> Codes:
    if _NODE.match(m.statement):
        yield "GRF01"
    if m.is_recurrent:
        yield "RNN08"
    if POOL.search(m.function):
        yield "POL05"
    if CONV.search(m.function):
        yield from ("CNV06" if m.is_own else "CNV05", "BIA12")
    if m.is_own or "[" in m.statement.partition("=")[0]:
        yield from ("AVG14", "GRF01", "BIA06")
    yield from ("GRF03", "GRF01", "AVG14")


def term(m: Mistake) -> Codes:
    added = m.new.removeprefix(m.old)
    named = DECAY.search(added) and not PRODUCT.search(added)
    if named if m.decays is None else m.decays:
        yield "REG01"
    if NORM.search(f"{m.function} {m.statement} {' '.join(m.everything)}"):
        yield from _path_of_norm(m)
    if m.is_recurrent:
        yield "RNN01"
    if PRODUCT.search(added):
        yield "GRF06"
    yield from ("GRF01", "LOS06")


def _path_of_norm(m: Mistake) -> Codes:
    """The path over a mean or a variance that was left out."""
    by_layer = LAYER_NORM.search(m.function)
    if re.search(r"(?i)d_?(mu|mean)", m.added):
        yield "LNM03" if by_layer else "BNM02"
    if re.search(r"(?i)d_?(var|sigma)", m.added):
        yield "LNM04" if by_layer else "BNM03"
