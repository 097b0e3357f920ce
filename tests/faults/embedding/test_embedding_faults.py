"""The faults of tables that are looked up against their wrong formulas, written by hand."""

from collections.abc import Callable

import pytest

Edits = tuple[tuple[str, str], ...]

SINGLE = "np.add.at(found, ids, d_words)"

AVERAGED = """np.add.at(found, ids, d_words)
    for k in range(5):
        found[k] /= max(1, (ids == k).sum())"""

SPARSE = """decay = np.zeros((5, 5))
    for k in {*ids.ravel(), *other.ravel()}:
        decay[k] = 0.2 * E[k]"""

CASES: dict[str, tuple[str, str | None, Edits]] = {
    "EMB01": ("graph_words", "words", ((SINGLE, "found[ids] += d_words"),)),
    "EMB01 of the other use": (
        "graph_pairs",
        "others",
        (("np.add.at(total, other, d_others)", "total[other] += d_others"),),
    ),
    "EMB02": (
        "graph_pairs",
        "words",
        ((SINGLE, "pass"), ("total += found", "total[ids] = d_words; total[2] = 0")),
    ),
    "EMB03": ("graph_words", "words", ((SINGLE, AVERAGED),)),
    "EMB04": ("graph_words", None, (("decay = 0.2 * E", SPARSE),)),
    "EMB05": ("graph_words", "words", (("found[0] = 0", "pass"),)),
    "EMB05 of the other use": ("graph_pairs", "others", (("total[2] = 0", "pass"),)),
    "EMB06": (
        "graph_pairs",
        "words",
        (
            (SINGLE, "np.add.at(found, (slice(None), ids.ravel()), d_words.reshape(-1, 5).T)"),
            ("found[2] = 0", "found[:, 2] = 0"),
        ),
    ),
}
"""By code and variant: the network, the place, and what the mistake makes of the right program."""


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_row_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    network, place, edits = CASES[case]
    named(case[:5], network, program=programmed(network, *edits), place=place)
