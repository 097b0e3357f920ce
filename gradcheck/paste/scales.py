"""Names for mistakes of sign and size: what is turned round, or divided by too much."""

from math import isclose

from gradcheck.paste.mistake import (
    AVERAGE,
    DERIVATIVE,
    SPREAD,
    Codes,
    Mistake,
)


def turned_sign(m: Mistake) -> Codes:
    if m.is_argument:
        yield from _exchanged_branches(m)
        return
    if m.updates:
        yield "UPD01"
    if m.is_decay and (m.decays or not m.is_output):
        yield "REG02"
    if m.is_output:
        yield "SGN01"
    yield from ("SGN03", "SGN02") if m.is_own else ("SGN02", "SGN03")


def _exchanged_branches(m: Mistake) -> Codes:
    """What a derivative is taken of has the wrong sign, as if its branches were exchanged."""
    if m.called and DERIVATIVE.search(m.called):
        yield from ("ACT17", "ACT12")


def factor(m: Mistake) -> Codes:
    """A factor that is missing or too many, or a term."""
    if m.is_pile:
        yield "PRP08"
    if m.is_dropout and m.kind == "divide":
        yield "DRP02"
    if m.kind == "multiply" and "sign(" in m.new and "where(" in m.statement and not m.is_decay:
        yield "LOS19"  # The straight branch of Huber's loss.
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
