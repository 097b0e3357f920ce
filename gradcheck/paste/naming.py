"""Names for mistakes: which known fault an edit that repairs a program undoes.

What was edited, how, and which gradients were off by what, tells the fault; the text tells
residuals from activations, weights and biases by how the program uses and names them.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from math import isclose
from typing import TypeAlias

from gradcheck.paste.mistake import (
    ACTIVATION,
    AVERAGE,
    AXIS,
    CONV,
    DECAY,
    DERIVATIVE,
    POOL,
    PRODUCT,
    RNN,
    SUM,
    Mistake,
)

Codes: TypeAlias = Iterator[str]


def codes(mistake: Mistake, known: Collection[str]) -> list[str]:
    """Return the codes of the faults that an edit undoes, the likeliest first."""
    found = _BY_KIND.get(mistake.kind, _nothing)(mistake)
    return [code for code in dict.fromkeys(found) if code in known]


def _nothing(_: Mistake) -> Codes:
    yield from ()


def _sign(m: Mistake) -> Codes:
    if m.updates:
        yield "UPD01"
    if m.is_decay and not m.is_output:
        yield "REG02"
    if m.is_output:
        yield "SGN01"
    yield "SGN02"
    yield "SGN03"


def _operands(m: Mistake) -> Codes:
    if PRODUCT.search(m.old):
        yield from ("MAT12", "MAT02")
    yield from _sign(m)


def _call(m: Mistake) -> Codes:
    """A call that is one too many."""
    name = m.old.partition("(")[0]
    if name.endswith("abs"):
        yield "SGN06"
    if "softmax" in name:
        yield from ("SMX05", "SMX07")
    if SUM.search(m.old):
        yield from _summed(m)
    if DERIVATIVE.search(name):
        yield from ("LOS01", "ACT11") if m.is_output else ("ACT11",)
    if ACTIVATION.search(name) or not DERIVATIVE.search(name):
        yield from ("ACT23", "ACT02") if m.is_output else ("ACT02", "ACT23")


def _summed(m: Mistake) -> Codes:
    if m.is_decay:
        yield "REG07"
    if m.is_bias:
        yield "BIA03"
    yield from ("ACT14", "MAT15")


def _derivative(m: Mistake) -> Codes:
    """A derivative that is missing."""
    if m.is_dropout:
        yield "DRP01"
    if m.is_bias:
        yield "BIA08"
    if m.is_output:
        yield from ("ACT22", "LOS02", "LOS04")
    yield "ACT01"


def _rule(m: Mistake) -> Codes:
    """A derivative written down in half."""
    if re.search(r"\*\* ?2|\bpower|square", m.new) and not re.search(r"\*\* ?2", m.old):
        yield "ACT06"
    yield from ("ACT05", "ACT04", "ACT12")


def _name(m: Mistake) -> Codes:
    """One value in another's place."""
    if m.is_dropout:
        yield "DRP01"
    if m.is_neighbour and not m.is_weight:
        yield "ACT13"
    if m.is_decay and m.kind == "replace-name":
        yield "REG10"
    if m.is_exchange:
        yield "MAT08"
    if m.is_slope:
        yield from _sloped(m)
    if m.is_bias:
        yield from ("BIA10", "BIA07")
    if m.is_weight:
        yield from ("MAT06", "MAT07", "MAT05", "PRP04")
    if PRODUCT.search(m.statement) and re.search(r"(?i)^(self\.)?(w|theta|weight)", m.new):
        yield "MAT08"
    if m.new.startswith(("d", "grad", "delta", "err")) and m.is_output:
        yield "MAT10"
    yield from _sloped(m)
    yield from ("PRP04", "MAT10", "PRP06")


def _sloped(m: Mistake) -> Codes:
    """A derivative that is taken of something else."""
    if DERIVATIVE.search(m.statement) and m.is_namesake:
        yield "ACT13"
    if DERIVATIVE.search(m.statement) or ACTIVATION.search(m.statement):
        yield from ("ACT03", "ACT02", "ACT13", "ACT09")


def _flipped(m: Mistake) -> Codes:
    """A comparison of the wrong kind: one that no entry meets leaves a derivative out."""
    if m.old.replace("=", "") == m.new.replace("=", ""):
        yield "ACT01"
    yield "ACT17"


def _index(m: Mistake) -> Codes:
    if RNN.search(m.statement):
        yield from ("RNN06", "RNN04")
    if m.is_bias:
        yield from ("BIA10", "BIA11")
    if m.is_weight:
        yield from ("MAT06", "PRP04")
    if m.is_neighbour:
        yield "ACT13"
    yield from ("PRP04", "MAT08", "ACT13", "LOS11")


def _factor(m: Mistake) -> Codes:
    """A factor that is missing or too many, or a term."""
    if m.is_pile:
        yield "PRP08"
    two = any(isclose(abs(r), n, rel_tol=1e-6) for r in m.ratios.values() for n in (2, 0.5))
    if m.is_decay and not m.ratios:
        yield from ("REG03", "REG04")
    if two or m.new.startswith("2 *") or m.new.endswith(("/ 2", "* 2")):
        yield "REG03" if m.is_decay else "AVG06"
    if m.kind in ("divide", "sum-to-mean") and _too_large(m):
        yield from _undivided(m)
    else:
        yield from _overdivided(m)


def _too_large(m: Mistake) -> bool:
    return m.kind == "divide" or "sum" in m.old or any(abs(r) > 1 for r in m.ratios.values())


def _undivided(m: Mistake) -> Codes:
    if m.is_output:
        yield "AVG01"
    if len(m.feeds) == 1:
        yield "AVG19"
    yield from ("AVG01", "AVG09")


def _overdivided(m: Mistake) -> Codes:
    if m.kind == "drop-factor" and DERIVATIVE.search(m.old):
        yield from ("LOS01", "ACT11") if m.is_output else ("ACT11",)
    if m.kind == "drop-factor" and m.is_decay:
        yield "REG08"
    if m.is_bias:
        yield from ("BIA02", "AVG10")
    if len(m.feeds) == 1:
        yield from ("AVG03", "AVG09")
    yield from ("AVG02", "AVG05", "AVG09")


def _times(m: Mistake) -> Codes:
    """A value that should have been multiplied by."""
    if m.is_dropout:
        yield "DRP01"
    if RNN.search(m.statement):
        yield "RNN01"
    yield from ("ACT08", "MAT10")


def _axes(m: Mistake) -> Codes:
    if len(AVERAGE.findall(m.statement)) > 1:
        yield "BNM15" if AXIS.search(m.new) else "LNM01"
    if m.is_bias:
        yield "BIA03" if "axis" not in m.old else "BIA04"
    if "softmax" in m.function:
        yield "SMX04"
    yield from ("BIA04", "MAT13")


def _contracted(_: Mistake) -> Codes:
    yield from ("MAT15", "MAT03")


def _spread(_: Mistake) -> Codes:
    yield from ("MAT04",)


def _turned(m: Mistake) -> Codes:
    yield from ("MAT02", "MAT12") if m.is_weight else ("MAT01", "MAT14")


def _accumulated(m: Mistake) -> Codes:
    where = f"{m.function} {m.statement}"
    if RNN.search(where):
        yield "RNN08"
    if POOL.search(m.function):
        yield "POL05"
    if CONV.search(m.function):
        yield from ("CNV06" if len(m.feeds) == 1 else "CNV05", "BIA12")
    yield from ("AVG14", "GRF01", "BIA06")


def _term(m: Mistake) -> Codes:
    added = m.new.removeprefix(m.old)
    if DECAY.search(added) and not PRODUCT.search(added):
        yield "REG01"
    if RNN.search(f"{m.function} {m.statement}"):
        yield "RNN01"
    if PRODUCT.search(added):
        yield "GRF06"
    yield from ("GRF01", "LOS06")


def _exchanged(m: Mistake) -> Codes:
    if CONV.search(f"{m.function} {m.statement}"):
        yield "CNV14"
    yield from ("MAT02", "MAT13")


def _inserted(m: Mistake) -> Codes:
    if m.is_bias:
        yield "BIA01"
    yield from ("PRP02", "PRP06")


_BY_KIND: Mapping[str, Callable[[Mistake], Codes]] = {
    "swap-operands": _operands,
    "negate": _sign,
    "flip-update": _sign,
    "drop-call": _call,
    "drop-sum": _summed,
    "sum-up": _summed,
    "append-derivative": _derivative,
    "replace-by-derivative": lambda _: iter(("ACT04", "ACT12", "ACT03")),
    "wrap-call": lambda _: iter(("ACT03", "ACT12")),
    "replace-function": lambda _: iter(("ACT12", "ACT04", "ACT03")),
    "complement": _rule,
    "square": lambda _: iter(("ACT06", "ACT05")),
    "drop-square": lambda m: iter(("REG05", "LOS13")) if m.is_decay else iter(("SGN06", "ACT11")),
    "replace-name": _name,
    "change-index": _index,
    "divide": _factor,
    "multiply": _factor,
    "sum-to-mean": _factor,
    "drop-factor": _factor,
    "change-number": _factor,
    "multiply-name": _times,
    "multiply-matrix": _times,
    "add-term": _term,
    "swap-indices": _exchanged,
    "swap-names": lambda m: _name(m),
    "other-class": lambda _: iter(("LOS06",)),
    "norm-statistics": lambda _: iter(("BNM01", "LNM01")),
    "transpose": _turned,
    "dot-to-product": _contracted,
    "product-to-dot": _spread,
    "change-axis": _axes,
    "flip": _flipped,
    "regroup": lambda _: iter(("ACT06", "ACT05")),
    "assign-to-accumulate": _accumulated,
    "accumulate-to-assign": lambda _: iter(("PRP08",)),
    "assign-to-update": lambda _: iter(("UPD01",)),
    "insert-statement": _inserted,
    "move-statement": lambda _: iter(("PRP01",)),
}
