"""Names for mistakes: which known fault an edit that repairs a program undoes.

What was edited, how, and which gradients were off by what, tells the fault; the text tells
residuals from activations, weights and biases by how the program uses and names them.
"""

import re
from collections.abc import Callable, Collection, Mapping
from itertools import chain
from math import isclose

from gradcheck.paste.exchanges import (
    Codes,
    halved_rule,
    jacobian,
    replaced_function,
    replaced_index,
    replaced_number,
    replaced_value,
)
from gradcheck.paste.mistake import (
    ACTIVATION,
    ATTENTION,
    AVERAGE,
    AXIS,
    CONV,
    DECAY,
    DERIVATIVE,
    DERIVED,
    LAYER_NORM,
    NORM,
    POOL,
    PRODUCT,
    SOFTMAX,
    SPREAD,
    SUM,
    WEIGHT,
    Mistake,
)


def codes(mistake: Mistake, known: Collection[str]) -> list[str]:
    """Return the codes of the faults that an edit undoes, the likeliest first."""
    found = _BY_KIND.get(mistake.kind, _nothing)(mistake)
    return [code for code in dict.fromkeys(found) if code in known]


def _nothing(_: Mistake) -> Codes:
    yield from ()


def _sign(m: Mistake) -> Codes:
    if m.is_argument:
        yield from _exchanged_branches(m)
        return
    if m.updates:
        yield "UPD01"
    if m.is_decay and not m.is_output:
        yield "REG02"
    if m.is_output:
        yield "SGN01"
    yield from ("SGN03", "SGN02") if m.is_own else ("SGN02", "SGN03")


def _exchanged_branches(m: Mistake) -> Codes:
    """What a derivative is taken of has the wrong sign, as if its branches were exchanged."""
    if m.called and DERIVATIVE.search(m.called):
        yield from ("ACT17", "ACT12")


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


def _factor(m: Mistake) -> Codes:
    """A factor that is missing or too many, or a term."""
    if m.is_pile:
        yield "PRP08"
    if m.is_dropout and m.kind == "divide":
        yield "DRP02"
    two = any(isclose(abs(r), n, rel_tol=1e-6) for r in m.ratios.values() for n in (2, 0.5))
    if m.is_decay and not m.ratios:
        yield from ("REG03", "REG04")
    if two or m.new.startswith("2 *") or m.new.endswith(("/ 2", "* 2")):
        yield from _twice(m)
    if m.kind in ("divide", "sum-to-mean") and _too_large(m):
        yield from _undivided(m)
    else:
        yield from _overdivided(m)


def _twice(m: Mistake) -> Codes:
    if m.is_decay:
        yield "REG03"
    elif m.is_own:
        yield "AVG10" if m.is_bias else "AVG09"
    else:
        yield "AVG06"


def _too_large(m: Mistake) -> bool:
    return m.kind == "divide" or "sum" in m.old or any(abs(r) > 1 for r in m.ratios.values())


def _undivided(m: Mistake) -> Codes:
    if m.kind == "divide" and SPREAD.search(f"{m.function} {m.statement}"):
        yield "POL06"
    if m.is_output:
        yield "AVG01"
    if m.is_own:
        yield "AVG19"
    yield from ("AVG01", "AVG09")


def _overdivided(m: Mistake) -> Codes:
    if m.kind == "drop-factor" and DERIVATIVE.search(m.old):
        yield from ("LOS01", "ACT11") if m.is_last else ("ACT11",)
    if m.kind == "drop-factor" and m.is_decay:
        yield "REG08"
    constant = m.kind != "sum-to-mean" and not AVERAGE.search(m.old) and "/" not in m.old
    if m.is_own and constant:
        yield "AVG10" if m.is_bias else "AVG09"
    if m.is_bias:
        yield from ("BIA02", "AVG10")
    if m.is_own:
        yield from ("AVG03", "AVG09")
    yield from ("AVG02", "AVG05", "AVG09")


def _times(m: Mistake) -> Codes:
    """A value that should have been multiplied by."""
    if m.is_dropout:
        yield "DRP01"
    if m.is_gated and not m.is_own and re.fullmatch(r"f\w*(\[.*\])?", m.added):
        yield "LST13"
    if DERIVED.search(m.added):
        yield from ("ACT08", "MAT10")
    elif m.kind == "multiply-matrix" or WEIGHT.search(m.added):
        yield "MAT04"


def _axes(m: Mistake) -> Codes:
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


def _contracted(_: Mistake) -> Codes:
    yield from ("MAT15", "MAT03")


def _spread(_: Mistake) -> Codes:
    yield from ("MAT04",)


def _turned(m: Mistake) -> Codes:
    if m.is_recurrent and not m.is_own:
        yield "RNN09"
    yield from ("MAT02", "MAT12") if m.is_own else ("MAT01", "MAT14")


def _accumulated(m: Mistake) -> Codes:
    if m.is_recurrent:
        yield "RNN08"
    if POOL.search(m.function):
        yield "POL05"
    if CONV.search(m.function):
        yield from ("CNV06" if m.is_own else "CNV05", "BIA12")
    if m.is_own or "[" in m.statement.partition("=")[0]:
        yield from ("AVG14", "GRF01", "BIA06")
    yield from ("GRF03", "GRF01", "AVG14")


def _term(m: Mistake) -> Codes:
    added = m.new.removeprefix(m.old)
    if DECAY.search(added) and not PRODUCT.search(added):
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
    "scatter-add": lambda m: iter(("EMB02", "EMB01") if " += " not in m.old else ("EMB01",)),
    "wrap-call": lambda m: iter(("MAT05",) if m.is_weight else ("ACT03", "ACT12")),
    "replace-function": replaced_function,
    "complement": halved_rule,
    "leak": lambda _: iter(("ACT15",)),
    "square": lambda _: iter(("ACT06", "ACT05")),
    "drop-square": lambda m: iter(("REG05", "LOS13")) if m.is_decay else iter(("SGN06", "ACT11")),
    "replace-name": replaced_value,
    "change-index": replaced_index,
    "divide": _factor,
    "multiply": _factor,
    "sum-to-mean": _factor,
    "drop-factor": _factor,
    "change-number": lambda m: chain(replaced_number(m), _factor(m)),
    "multiply-name": _times,
    "multiply-matrix": _times,
    "add-term": _term,
    "swap-indices": _exchanged,
    "swap-names": replaced_value,
    "other-class": lambda _: iter(("LOS06",)),
    "norm-statistics": lambda _: iter(("BNM01", "LNM01")),
    "softmax": jacobian,
    "balance": lambda _: iter(("LOS15", "LOS14")),
    "transpose": _turned,
    "dot-to-product": _contracted,
    "product-to-dot": _spread,
    "change-axis": _axes,
    "flip": _flipped,
    "regroup": _regrouped,
    "assign-to-accumulate": _accumulated,
    "accumulate-to-assign": lambda _: iter(("PRP08",)),
    "assign-to-update": lambda _: iter(("UPD01",)),
    "turn-step": lambda _: iter(("UPD01", "UPD08")),
    "insert-statement": _inserted,
    "move-statement": lambda _: iter(("PRP01",)),
}
