"""Names of mistakes: what an edit and its surroundings are called."""

import pytest

from gradcheck.catalogues import FAULTS
from gradcheck.edits.operators import OPERATORS
from gradcheck.paste.mistake import Mistake
from gradcheck.paste.naming import _BY_KIND, codes

ALL = frozenset({"W1", "b1", "W2", "b2"})


def mistake(kind: str, old: str, new: str, statement: str, feeds: frozenset[str]) -> Mistake:
    return Mistake(
        kind=kind,
        old=old,
        new=new,
        statement=statement,
        function="backward",
        feeds=feeds,
        everything=ALL,
        ratios={},
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (mistake("swap-operands", "y - p", "p - y", "d = y - p", ALL), "SGN01"),
        (
            mistake("complement", "1 - q", "q", "gv += (1 - q) * out[k]", frozenset({"W1"})),
            "SGN05",
        ),
        (
            mistake(
                "replace-name", "l2_error", "l2_delta", "l1_error = l2_error @ W2.T", ALL - {"W2"}
            ),
            "MAT10",
        ),
        (
            mistake("change-index", "x[0]", "x[1]", "dh_dw = x[0] * slope(s)", frozenset({"W1"})),
            "PRP04",
        ),
        (
            mistake("divide", "d.repeat(2, 1)", "d.repeat(2, 1) / 4", "e = d.repeat(2, 1)", ALL),
            "POL06",
        ),
        (
            mistake("negate", "-d @ W2.T", "d @ W2.T", "e = -d @ W2.T", frozenset({"W1", "b1"})),
            "SGN02",
        ),
        (
            mistake("drop-call", "sigmoid(z)", "z", "d = e * prime(sigmoid(z))", frozenset({"W1"})),
            "ACT02",
        ),
        (
            mistake("replace-name", "W1.T", "W2.T", "e = slope(z) * (d @ W1.T)", frozenset({"W1"})),
            "MAT08",
        ),
        (
            mistake(
                "replace-name", "a2", "z2", "d = np.dot(e, W2.T) * prime(a2)", frozenset({"W1"})
            ),
            "ACT02",
        ),
        (
            mistake("replace-name", "out", "hid", "b = d * out * (1 - out)", frozenset({"b1"})),
            "ACT13",
        ),
        (
            mistake("replace-name", "a2", "a1", "e = back * a2 * (1 - a2)", frozenset({"W1"})),
            "ACT13",
        ),
        (
            mistake("replace-name", "z", "a", "e = back * z * (1 - z)", frozenset({"W1"})),
            "ACT03",
        ),
        (mistake("drop-factor", "l.g + g", "g", "l.g = l.g + g", ALL), "PRP08"),
        (mistake("flip", "a < 0", "a <= 0", "d[a < 0] = 0", frozenset({"W1", "b1"})), "ACT01"),
        (mistake("flip", "a > 0", "a <= 0", "d[a > 0] = 0", frozenset({"W1", "b1"})), "ACT17"),
        (mistake("square", "H", "H**2", "d = e * (1 - H)", frozenset({"W1", "b1"})), "ACT06"),
        (
            mistake("divide", "dZ @ X.T", "dZ @ X.T / m", "dW1 = dZ @ X.T", frozenset({"W1"})),
            "AVG19",
        ),
        (mistake("divide", "p - y", "(p - y) / m", "d = p - y", ALL), "AVG01"),
        (
            mistake("change-axis", "d.sum()", "d.sum(axis=0)", "db1 = d.sum()", frozenset({"b1"})),
            "BIA03",
        ),
        (
            mistake("add-term", "g", "g + reg * W1", "dW1 = x.T @ d", frozenset({"W1"})),
            "REG01",
        ),
        (
            mistake(
                "dot-to-product", "np.dot(a, b)", "a * b", "d = np.dot(a, b)", frozenset({"W1"})
            ),
            "MAT15",
        ),
        (
            mistake(
                "add-term",
                "dvar * x",
                "(dvar * x + dmu / m)",
                "dx = dxhat * inv_std + dvar * x",
                frozenset({"W1"}),
            ),
            "BNM02",
        ),
        (
            mistake("multiply-matrix", "d2", "d2 @ W2.T", "d1 = d2 * g(z)", frozenset({"W1"})),
            "MAT04",
        ),
        (
            Mistake(
                kind="multiply-name",
                old="dc",
                new="dc * f",
                statement="dc_next = dc",
                function="back",
                feeds=frozenset({"Wf", "Wi"}),
                everything=frozenset({"Wf", "Wi", "Wo", "Wc", "Wy"}),
                ratios={},
            ),
            "LST13",
        ),
        (
            mistake("negate", "z1", "-z1", "d1 = (d2 @ W2.T) * drelu(z1)", frozenset({"W1", "b1"})),
            "ACT17",
        ),
    ],
)
def test_a_mistake_has_the_name_of_its_fault(given: Mistake, code: str) -> None:
    assert codes(given, FAULTS.all())[0] == code


def test_every_kind_of_edit_has_names() -> None:
    assert set(OPERATORS) <= set(_BY_KIND)


def test_names_that_no_fault_has_are_left_out() -> None:
    assert codes(mistake("swap-operands", "y - p", "p - y", "d = y - p", ALL), {"SGN02"}) == [
        "SGN02"
    ]


def test_a_sign_within_a_condition_is_no_sign_of_a_gradient() -> None:
    given = mistake("negate", "w.shape[0]", "-w.shape[0]", "d = a if w.shape[0] == 3 else b", ALL)
    assert codes(given, FAULTS.all()) == []
