"""Names for mistakes: which known fault an edit that repairs a program undoes.

What was edited, how, which gradients were off by what, and what its values were as the program ran
tells the fault.
"""

import re
from collections.abc import Callable, Collection, Mapping
from itertools import chain

from gradcheck.paste.exchanges import (
    halved_rule,
    jacobian,
    replaced_function,
    replaced_index,
    replaced_number,
    replaced_value,
    swapped,
    wrapped,
)
from gradcheck.paste.mistake import ACTIVATION, CONV, DERIVATIVE, PRODUCT, SUM, Codes, Mistake
from gradcheck.paste.scales import factor, turned_sign
from gradcheck.paste.sums import accumulated, axes, contracted, spread, term, transposed


def codes(mistake: Mistake, known: Collection[str]) -> list[str]:
    """Return the codes of the faults that an edit undoes, the likeliest first."""
    found = _BY_KIND.get(mistake.kind, _nothing)(mistake)
    return [code for code in dict.fromkeys(found) if code in known]


def _nothing(_: Mistake) -> Codes:
    yield from ()


def _operands(m: Mistake) -> Codes:
    if PRODUCT.search(m.old):
        yield from ("MAT12", "MAT02")
    yield from turned_sign(m)


def _call(m: Mistake) -> Codes:
    """A call that is one too many."""
    name = m.old.partition("(")[0]
    if m.is_decay and name.endswith("square"):
        yield "REG05"
    if name.endswith("abs"):
        yield "SGN06"
    if "softmax" in name:
        yield from ("SMX05", "SMX07")
    if SUM.search(m.old):
        yield from _summed(m)
    if DERIVATIVE.search(name):
        yield from ("LOS01", "ACT11") if m.is_last else ("ACT11",)
    if ACTIVATION.search(name) or not DERIVATIVE.search(name):
        yield from ("ACT23", "ACT02") if m.is_last else ("ACT02", "ACT23")


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
    if m.is_last:
        yield from ("ACT22", "LOS02", "LOS04")
    if m.is_recurrent:
        yield "RNN03"
    yield "ACT01"


def _regrouped(m: Mistake) -> Codes:
    """Parentheses that are missing: around a sum that a factor is for, or around 1 - a."""
    if m.is_decay:
        yield from ("REG03", "REG04")
    yield from ("ACT06", "ACT05")


def _flipped(m: Mistake) -> Codes:
    """A comparison of the wrong kind: one that no entry meets leaves a derivative out."""
    if m.old.replace("=", "") == m.new.replace("=", ""):
        yield "ACT01"
    yield "ACT17"


def _raised(m: Mistake) -> Codes:
    """A power that is too low: of a tanh's rule none, else that of some other derivative."""
    if "**" in m.old:
        yield "ACT12"
    yield from ("ACT06", "ACT05")


def _times(m: Mistake) -> Codes:
    """A value that should have been multiplied by."""
    if m.is_dropout:
        yield "DRP01"
    if m.is_gated and not m.is_own and re.fullmatch(r"f\w*(\[.*\])?", m.added):
        yield "LST13"
    if m.is_reset:
        yield "LST19"
    if m.is_derivative(m.added):
        yield from ("ACT08", "MAT10")
    elif m.kind == "multiply-matrix" or m.is_parameter(m.added):
        yield "MAT04"


def _divided(m: Mistake) -> Codes:
    """A number of samples that is another's."""
    if m.is_decay:
        yield from ("REG10", "REG04")
    yield from ("AVG04", "AVG03", "AVG02", "AVG05")


def _exchanged(m: Mistake) -> Codes:
    if CONV.search(f"{m.function} {m.statement}"):
        yield "CNV14"
    yield from ("MAT02", "MAT13")


def _inserted(m: Mistake) -> Codes:
    if m.empties:
        yield "PRP08"
    if m.is_bias:
        yield "BIA01"
    yield from ("PRP02", "PRP06")


def _handed_on(m: Mistake) -> Codes:
    """A gradient from the future that is not handed on, or not as large as it should be."""
    if re.fullmatch(r"(\w+) = \1 \* .+", m.new):
        yield "LST13"
    if m.is_gated:
        yield "LST02"
    yield "RNN01"


def _indented(m: Mistake) -> Codes:
    """A statement that stood behind a loop or a branch that it belongs in."""
    if m.empties:
        yield "PRP08"
    elif _OF_LABEL.search(m.statement):
        yield "LOS15"
    elif " += " in m.statement:
        yield "AVG14"


def _dedented(m: Mistake) -> Codes:
    """A statement that stood in a loop or a branch that it belongs behind, or before."""
    if m.empties:
        yield "AVG14"
    elif m.is_decay:
        yield "REG03"
    elif " /= " in m.statement:
        yield "AVG02"


_OF_LABEL = re.compile(r"\[[^\]]*\[.*\] -= ")
"""How the entry of a sample's own class is lowered."""

_BY_KIND: Mapping[str, Callable[[Mistake], Codes]] = {
    "swap-operands": _operands,
    "negate": turned_sign,
    "flip-update": turned_sign,
    "drop-call": _call,
    "drop-sum": _summed,
    "sum-up": _summed,
    "append-derivative": _derivative,
    "replace-by-derivative": lambda _: iter(("ACT04", "ACT12", "ACT03")),
    "scatter-add": lambda m: iter(("EMB02", "EMB01") if " += " not in m.old else ("EMB01",)),
    "wrap-call": wrapped,
    "replace-function": replaced_function,
    "complement": halved_rule,
    "other-derivative": lambda _: iter(("ACT12", "ACT13")),
    "lower-power": _nothing,
    "leak": lambda _: iter(("ACT15",)),
    "square": _raised,
    "drop-square": lambda m: iter(("REG05", "LOS13")) if m.is_decay else iter(("SGN06", "ACT11")),
    "replace-name": replaced_value,
    "change-index": replaced_index,
    "divide": factor,
    "other-divisor": _divided,
    "multiply": factor,
    "sum-to-mean": factor,
    "drop-factor": factor,
    "change-number": lambda m: chain(replaced_number(m), factor(m)),
    "multiply-name": _times,
    "multiply-matrix": _times,
    "add-term": term,
    "spare-first": lambda _: iter(("REG08",)),
    "swap-indices": _exchanged,
    "swap-names": swapped,
    "other-class": lambda _: iter(("LOS06",)),
    "norm-statistics": lambda _: iter(("BNM01", "LNM01")),
    "softmax": jacobian,
    "balance": lambda _: iter(("LOS15", "LOS14")),
    "transpose": transposed,
    "dot-to-product": contracted,
    "product-to-dot": spread,
    "change-axis": axes,
    "flip": _flipped,
    "reverse": lambda _: iter(("CNV01",)),
    "regroup": _regrouped,
    "assign-to-accumulate": accumulated,
    "accumulate-to-assign": lambda _: iter(("PRP08",)),
    "assign-to-update": lambda _: iter(("UPD01",)),
    "turn-step": lambda _: iter(("UPD01", "UPD08")),
    "insert-statement": _inserted,
    "indent": _indented,
    "dedent": _dedented,
    "hand-on": _handed_on,
    "move-statement": lambda _: iter(("PRP01",)),
    "copy-value": lambda _: iter(("PRP01",)),
}
