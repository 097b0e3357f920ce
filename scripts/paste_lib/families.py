"""Which codes of the catalogue a case sheet's words for families of mistakes stand for."""

from collections.abc import Mapping

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "sign": ("SGN", "UPD01", "REG02"),
    "missing-activation-derivative": (
        *("ACT01", "ACT02", "ACT22", "BIA08", "LOS02", "LOS04", "RNN03", "LST03"),
    ),
    "wrong-activation-derivative": ("ACT", "RNN03", "RNN04", "RNN05"),
    "double-activation-derivative": ("ACT",),
    "activation": ("ACT",),
    "wrong-transpose-or-dot-vs-elementwise": ("MAT", "ACT14", "RNN09"),
    "matrix-product": ("MAT", "ACT14", "RNN09"),
    "wrong-layer": ("MAT", "PRP", "ACT13"),
    "wrong-index": ("MAT", "PRP", "RNN", "LOS11", "ACT13", "CNV"),
    "wrong-weights": ("MAT08", "PRP", "MAT10"),
    "wrong-input-cached": (
        *("MAT05", "MAT06", "MAT07", "PRP", "CCH", "ACT13", "RNN04", "RNN06"),
        *("LST05", "LST06", "LST07", "LST19"),
    ),
    "wrong-delta": ("PRP", "MAT10"),
    "stale-weights": ("PRP01",),
    "missing-mean": ("AVG",),
    "averaging": ("AVG", "BIA02"),
    "missing-factor": ("AVG", "REG03", "ACT", "LOS", "MAT10", "RNN", "LST", "DRP02"),
    "regularisation": ("REG", "AVG06"),
    "bias": ("BIA", "AVG"),
    "axis": ("BIA", "SMX04", "MAT13", "AVG"),
    "accumulation": ("AVG14", "GRF", "BIA", "RNN08", "CNV", "POL05", "EMB", "PRP08"),
    "embedding": ("EMB", "AVG14", "GRF", "PRP"),
    "convolution": ("CNV", "GRF01", "MAT"),
    "pooling": ("POL", "AVG14", "GRF01"),
    "recurrence": ("RNN", "LST", "PRP", "GRF01"),
    "dropout": ("DRP", "PRP", "ACT", "MAT10"),
    "norm-statistics-path-dropped": ("BNM", "LNM"),
    "normalisation": ("BNM", "LNM", "AVG"),
    "softmax": ("SMX", "LOS", "ACT"),
    "wrong-loss-gradient": ("LOS", "SGN", "AVG", "ACT22"),
    "update": ("UPD", "PRP"),
    "other": ("",),
}
"""By family, what a code begins with that names a mistake of it; `other` is anything known."""

UNEXPLAINED = "GRD"
"""Codes of mismatches that were not explained, which name nothing."""

ELSEWHERE = ("TRN", "UPD", "SHP", "BIA", "SMX", "NUM", "MOD", "CHK", "LOS")
"""Codes of what else stops a program learning; the others' notes tell of conventions."""


def names(code: str, family: str) -> bool | None:
    """Tell whether a code names a family; None for a word that is not known here."""
    known = FAMILIES.get(family)
    return None if known is None else code.startswith(known) and not code.startswith(UNEXPLAINED)
