"""Names of mistakes: what an edit and its surroundings are called."""

from typing import Any

import pytest

from gradcheck.catalogues import FAULTS
from gradcheck.edits.operators import OPERATORS
from gradcheck.paste.mistake import Mistake
from gradcheck.paste.naming import _BY_KIND, codes

ALL = frozenset({"W1", "b1", "W2", "b2"})


def mistake(
    kind: str, old: str, new: str, statement: str, feeds: frozenset[str], **seen: Any
) -> Mistake:
    return Mistake(
        kind=kind,
        old=old,
        new=new,
        statement=statement,
        function="backward",
        feeds=feeds,
        everything=ALL,
        ratios={},
        **seen,
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
            mistake("replace-name", "dh", "h", "dh[dh <= 0] = 0", frozenset({"W1", "b1"})),
            "ACT09",
        ),
        (
            mistake("square", "s**2", "s**3", "ds = e * w * d**2 / s**2", frozenset({"W1"})),
            "ACT12",
        ),
        (
            mistake("change-index", "w[k][k]", "w[k][j]", "e += d[k] * w[k][k]", ALL - {"W2"}),
            "MAT01",
        ),
        (
            mistake(
                "swap-names", "c * n[k].w[j]", "c * n[j].w[k]", "e += c * n[k].w[j]", ALL - {"W2"}
            ),
            "MAT01",
        ),
        (
            mistake(
                "drop-call",
                "np.square(W1)",
                "W1",
                "dW1 = X.T @ d + lambd * np.square(W1)",
                frozenset({"W1"}),
            ),
            "REG05",
        ),
        (mistake("wrap-call", "c", "np.tanh(c)", "do = dh * c", frozenset({"W1"})), "LST05"),
        (
            mistake("hand-on", "dh = d @ U", "dc = dc * f", "dh = d @ U", frozenset({"W1"})),
            "LST13",
        ),
        (
            mistake("indent", "d[t[k]] -= x", "d[t[k]] -= x", "d[t[k]] -= x", frozenset({"W1"})),
            "LOS15",
        ),
        (mistake("indent", "g = 0", "g = 0", "g = 0", frozenset({"W1"})), "PRP08"),
        (mistake("indent", "g += x", "g += x", "g += x", frozenset({"W1"})), "AVG14"),
        (mistake("dedent", "g = 0", "g = 0", "g = 0", frozenset({"W1"})), "AVG14"),
        (mistake("dedent", "g /= n", "g /= n", "g /= n", frozenset({"W1"})), "AVG02"),
        (
            mistake("dedent", "g += lam * W1", "g += lam * W1", "g += lam * W1", frozenset({"W1"})),
            "REG03",
        ),
        (
            mistake("change-index", "dh[i]", "dh[j]", "w[j][i] -= dh[i] * x[i]", frozenset({"W1"})),
            "MAT12",
        ),
        (
            mistake("assign-to-accumulate", "=", "+=", "self.grad = s * out.grad", ALL),
            "GRF01",
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


@pytest.mark.parametrize(
    ("link", "code"), [("activation", "ACT03"), ("sum", "ACT02"), (None, "ACT13")]
)
def test_what_a_derivative_is_taken_at_is_told_by_what_the_values_are(
    link: str | None, code: str
) -> None:
    roles = {"z2": "activation", "a": "activation" if link == "activation" else "sum"}
    given = mistake(
        "replace-name", "z2", "a", "e = back * (1 - z2 ** 2)", ALL - {"W2"}, roles=roles, link=link
    )
    assert codes(given, FAULTS.all())[0] == code


@pytest.mark.parametrize(("biases", "code"), [({"W2"}, "BIA02"), ({"b2"}, "AVG03")])
def test_what_is_added_is_a_bias_whatever_its_name(biases: set[str], code: str) -> None:
    given = mistake(
        "sum-to-mean",
        "d.mean(0)",
        "d.sum(0)",
        "g = d.mean(0)",
        frozenset({"W2"}),
        biases=frozenset(biases),
    )
    assert codes(given, FAULTS.all())[0] == code


@pytest.mark.parametrize(("decays", "code"), [(True, "REG02"), (False, "SGN01"), (None, "SGN01")])
def test_a_penalty_is_one_by_what_an_edit_changes(decays: bool | None, code: str) -> None:
    given = mistake(
        "swap-operands", "g - s * W1", "g + s * W1", "d = g - s * W1", ALL, decays=decays
    )
    assert codes(given, FAULTS.all())[0] == code


def test_an_accumulator_that_is_never_emptied_keeps_earlier_gradients() -> None:
    together = "d, e = np.zeros(4), 0.0", 'd = {"w": np.zeros(4), "b": 0.0}', "d = [0 for _ in w]"
    for new in ("d = np.zeros(4)", "d = 0", "d = [0.0] * 4", *together):
        given = mistake("insert-statement", "", new, "d[j] += e", frozenset({"W1"}))
        assert codes(given, FAULTS.all())[0] == "PRP08"


def test_gates_are_told_apart() -> None:
    cell = frozenset(f"{kind}{gate}" for kind in "Wb" for gate in "fioc")
    unit = frozenset(f"{kind}{gate}" for kind in "WU" for gate in "zrh")
    wrapped = Mistake(
        kind="wrap-call",
        old="c",
        new="np.tanh(c)",
        statement="do = dh * c",
        function="back",
        feeds=frozenset({"Wo", "bo"}),
        everything=cell,
        ratios={},
        link="activation",
    )
    dropped = Mistake(
        kind="multiply-name",
        old="back",
        new="back * r[t]",
        statement="dh = dh * (1 - z[t]) + back",
        function="",
        feeds=frozenset({"Wz", "Uz"}),
        everything=unit,
        ratios={},
    )
    assert codes(wrapped, FAULTS.all())[0] == "LST05"
    assert codes(dropped, FAULTS.all())[0] == "LST19"


def test_every_kind_of_edit_has_names() -> None:
    assert set(OPERATORS) <= set(_BY_KIND)


def test_names_that_no_fault_has_are_left_out() -> None:
    assert codes(mistake("swap-operands", "y - p", "p - y", "d = y - p", ALL), {"SGN02"}) == [
        "SGN02"
    ]


def test_a_sign_within_a_condition_is_no_sign_of_a_gradient() -> None:
    given = mistake("negate", "w.shape[0]", "-w.shape[0]", "d = a if w.shape[0] == 3 else b", ALL)
    assert codes(given, FAULTS.all()) == []
