"""Names for mistakes of one value, function or derivative in the place of another."""

import re

from gradcheck.paste.mistake import (
    ACTIVATION,
    CELL,
    DERIVATIVE,
    DERIVED,
    PRODUCT,
    WEIGHT,
    Codes,
    Mistake,
)

_SQUARE = re.compile(r"\*\* ?2|\bpower|square")


def replaced_function(m: Mistake) -> Codes:
    """Another function: of an activation itself, or of another activation's derivative."""
    if m.old.partition("(")[0] in m.new and ACTIVATION.search(m.old):
        yield "ACT04"
    yield from ("ACT12", "ACT04", "ACT03")


def replaced_number(m: Mistake) -> Codes:
    """Another number: the slope of a flat branch."""
    if m.old == "0" and (DERIVATIVE.search(m.function) or ACTIVATION.search(m.function)):
        yield from ("ACT15", "ACT12")


def jacobian(m: Mistake) -> Codes:
    """A softmax's derivative, which has an inner product, in the place of something simpler."""
    output = m.new.partition(" * ")[0]
    if f"(1 - {output})" in m.old or f"(1.0 - {output})" in m.old:
        yield "SMX01"
    yield from ("SMX03", "SMX01") if output in m.old else ("SMX02", "SMX01")


def halved_rule(m: Mistake) -> Codes:
    """A derivative written down in half, or the other class's share of the loss's own."""
    if m.is_first and m.old.replace(" ", "") == f"1-{m.new}":
        yield from ("SGN05", "LOS06")
    if _SQUARE.search(m.old):
        yield "ACT12"
    elif _SQUARE.search(m.new):
        yield "ACT06"
    yield from ("ACT05", "ACT04", "ACT12")


def replaced_value(m: Mistake) -> Codes:
    """One value in another's place."""
    if m.is_dropout:
        yield "DRP01"
    if m.is_shifted:
        yield from replaced_index(m)
    if m.is_decay and m.kind == "replace-name":
        yield "REG10"
    if m.is_compared and m.is_derivative(m.old) and not m.is_derivative(m.new):
        yield "ACT09"
    if m.is_exchange:
        yield "MAT08"
    if m.is_slope:
        yield from _sloped(m)
    if m.is_bias:
        yield from _other_bias(m)
    if m.is_weight:
        yield from _other_input(m)
    yield from _carried(m)
    yield from _sloped(m)
    yield from ("PRP04", "MAT10", "PRP06")


def swapped(m: Mistake) -> Codes:
    """Two names in each other's places; where they pick a weight, it is not transposed."""
    if m.is_shifted and not m.is_own:
        yield "MAT01"
    yield from replaced_value(m)


def wrapped(m: Mistake) -> Codes:
    """A value where its activation belongs."""
    if m.is_weight:
        yield "MAT05"
    if (m.is_gated or CELL.fullmatch(m.old)) and not m.is_slope:
        yield "LST05"
    yield from ("ACT03", "ACT12")


def _other_bias(m: Mistake) -> Codes:
    """What a bias's gradient is summed from, in place of its layer's delta."""
    if WEIGHT.search(DERIVED.sub("", m.old)):
        yield "BIA07"
    if m.is_derivative(m.old) and not m.is_namesake:
        yield "BIA08"
    yield from ("BIA10", "BIA08", "BIA07")


def _other_input(m: Mistake) -> Codes:
    """What a weight's gradient is multiplied from, in place of its layer's input and delta."""
    if m.is_derivative(m.old) and m.is_derivative(m.new):
        yield from ("PRP04",) if m.is_namesake else ("ACT01", "PRP04")
    if m.is_data(m.old):
        yield "MAT07"
    if m.link == "activation" or (not m.is_apart and m.is_sum(m.old) and not m.is_sum(m.new)):
        yield "MAT05"
    yield from ("MAT06", "MAT07", "MAT05", "PRP04")


def _carried(m: Mistake) -> Codes:
    """What a delta is carried back from, or through."""
    if PRODUCT.search(m.statement) and m.is_parameter(m.new):
        yield "MAT09" if m.is_derivative(m.old) else "MAT08"
    if m.is_derivative(m.new) and m.is_derivative(m.old):
        yield "MAT10"


def _sloped(m: Mistake) -> Codes:
    """A derivative that is taken of something else."""
    slopes = DERIVATIVE.search(m.statement) or ACTIVATION.search(m.statement)
    if not slopes and not m.is_slope:
        return
    if m.is_recurrent and m.is_neighbour:
        yield "RNN04"
    if m.is_shifted and m.is_data(m.old):
        yield "PRP04"
    if m.is_derivative(m.old) and not m.is_derivative(m.new):
        yield "ACT09"
    if m.link == "sum" or (not m.is_apart and m.is_sum(m.new) and not m.is_sum(m.old)):
        yield "ACT23" if m.is_last else "ACT02"
    if m.link == "activation" or (not m.is_apart and m.is_sum(m.old) and not m.is_sum(m.new)):
        yield "ACT03"
    yield from ("ACT13", "ACT02", "ACT03", "ACT09")


def replaced_index(m: Mistake) -> Codes:
    if m.is_recurrent:
        yield from ("RNN06", "RNN04") if m.is_own else ("RNN04", "RNN06")
    if m.is_other_unit and not m.is_bias:
        yield "MAT01" if m.is_parameter(m.old) else "MAT12"
    if m.is_neighbour and not m.is_weight:
        yield "ACT13"
    if m.is_bias:
        yield from ("BIA10", "BIA11")
    if m.is_weight:
        yield from ("MAT06", "PRP04")
    yield from ("PRP04", "MAT08", "ACT13", "LOS11")
