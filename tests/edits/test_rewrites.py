"""Edits of expressions: what a person would change, and nothing else of the text."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.edits import Material, apply, drafts, exchanges, rewrites, statement_rewrites

MATERIAL = Material(
    names=("Z1", "A1", "W2", "dZ2"),
    functions=("sigmoid", "sigmoid_prime"),
    slopes=("A1 * (1 - A1)", "(Z1 > 0)"),
    counts=("m",),
    terms=("l2 * W1",),
    factors=("unused",),
    shapes={"W1": (3, 4), "v": (4,), "u": (4, 1), "r": (1, 4)},
)


def edits(text: str, material: Material = MATERIAL) -> dict[str, str]:
    """Return every text that an edit of the right-hand side makes, with the edit's kind."""
    statement = ast.parse(text).body[0]
    assert isinstance(statement, ast.Assign)
    return {apply(text, [e]): e.kind for e in rewrites(text, statement.value, material)}


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        ("d = y - yhat", "d = yhat - y", "swap-operands"),
        ("d = y - (a - b)", "d = (a - b) - y", "swap-operands"),
        ("g = dZ2 @ A1.T", "g = A1.T @ dZ2", "swap-operands"),
        ("g = np.dot(dZ2, A1)", "g = np.dot(A1, dZ2)", "swap-operands"),
        ("g = -(a * b)", "g = a * b", "negate"),
        ("g = a + b * c", "g = a - b * c", "negate"),
        ("g = a * b", "g = -(a * b)", "negate"),
        ("d = e * sigmoid_prime(A1)", "d = e * sigmoid_prime(Z1)", "replace-name"),
        ("d = e * sigmoid(Z1)", "d = e * sigmoid_prime(Z1)", "replace-function"),
        ("d = e * sigmoid(A1)", "d = e * A1", "drop-call"),
        ("d = e * Z1", "d = e * sigmoid(Z1)", "wrap-call"),
        ("d = y - yhat", "d = (y - yhat) * A1 * (1 - A1)", "append-derivative"),
        ("d = e @ W2.T", "d = e @ W2.T * (Z1 > 0)", "append-derivative"),
        ("b = d.sum(0)", "b = (d * (Z1 > 0)).sum(0)", "append-derivative"),
        ("d = e * A1", "d = e * (Z1 > 0)", "replace-by-derivative"),
        ("d = e * sigmoid(W2)", "d = e * (A1 * (1 - A1))", "replace-by-derivative"),
        ("g = np.dot(e, x)", "g = np.dot(e, x) / m", "divide"),
        ("d = y - yhat", "d = (y - yhat) / m", "divide"),
        ("d = y - yhat", "d = 2 * (y - yhat)", "multiply"),
        ("g = x @ d", "g = x @ d + l2 * W1", "add-term"),
        ("g = e / m", "g = e", "drop-factor"),
        ("g = e * a", "g = a", "drop-factor"),
        ("d = e * a * (1 - a)", "d = e", "drop-factor"),
        ("d = np.multiply(e, a)", "d = e", "drop-factor"),
        ("d = np.multiply(e, w)", "d = e @ w", "product-to-dot"),
        ("d = e / s**2", "d = e / s**3", "square"),
        ("d = (1 - a) * x", "d = a * x", "complement"),
        ("d = e @ W2", "d = e @ W2.T", "transpose"),
        ("d = e @ W2.T", "d = e @ W2", "transpose"),
        ("g = d.T @ a", "g = a.T @ d", "transpose"),
        ("d = e * np.dot(a, w)", "d = e * (a * w)", "dot-to-product"),
        ("d = a.dot(w)", "d = a * w.T", "dot-to-product"),
        ("d = e * w", "d = e @ w", "product-to-dot"),
        ("b = d.sum(axis=1)", "b = d.sum(axis=0)", "change-axis"),
        ("b = d.sum()", "b = d.sum(axis=0)", "change-axis"),
        ("b = np.sum(d, axis=0)", "b = np.sum(d, axis=0, keepdims=True)", "change-axis"),
        ("b = np.sum(d)", "b = np.sum(d, axis=1, keepdims=True)", "change-axis"),
        ("b = np.mean(d, axis=0)", "b = np.sum(d, axis=0)", "sum-to-mean"),
        ("b = d", "b = np.sum(d, axis=0)", "sum-up"),
        ("b = np.sum(d, axis=0)", "b = d", "drop-sum"),
        ("d = e * (1 - A1)", "d = e * (1 - A1**2)", "square"),
        ("d = 1 - A1**2", "d = 1 - A1", "drop-square"),
        ("d = e * (1 - A1)**2", "d = e * (1 - A1**2)", "square"),
        ("d = e * np.power(1 - A1, 2)", "d = e * (1 - np.power(A1, 2))", "square"),
        ("g = e + l2 / m * v", "g = e + l2 / m * np.append(0, v[1:])", "spare-first"),
        ("g = e + u * l2", "g = e + l2 * np.vstack((0, u[1:]))", "spare-first"),
        ("g = e + l2 * r", "g = e + l2 * np.hstack(([[0]], r[:, 1:]))", "spare-first"),
        ("g = l2 * W1 + e", "g = l2 * np.insert(W1[:, 1:], 0, 0, axis=1) + e", "spare-first"),
        ("d = e * (z < 0)", "d = e * (z > 0)", "flip"),
        ("d = e * (1 - A1)", "d = e * (A1 * (1 - A1))", "complement"),
        ("d = e * (1 - np.power(A1, 2))", "d = e * (A1 * (1 - A1))", "complement"),
        ("d = e * A1 * (1 - A1)", "d = e * (Z1 > 0)", "other-derivative"),
        ("d = e * (1 - np.square(c))", "d = e * (Z1 > 0)", "other-derivative"),
        ("d = (1.0 - c * c) * e", "d = (A1 * (1 - A1)) * e", "other-derivative"),
        ("d = e * (Z1 >= 0)", "d = e * (A1 * (1 - A1))", "other-derivative"),
        ("g = e * 3 * x**2", "g = e * x**3", "lower-power"),
        ("g = 2 * x", "g = x**2", "lower-power"),
        ("d = w[l + 1]", "d = w[l]", "change-index"),
        ("d = w[:, l]", "d = w[:, l - 1]", "change-index"),
        ("d = w[l]", "d = w[l - 1]", "change-index"),
        ("d = w[i][1:].T", "d = w[i][:-1].T", "change-index"),
        ("d = w[:, :-1]", "d = w[:, 1:]", "change-index"),
        ("d = a[:, j:k, i]", "d = a[:, i, j:k]", "swap-indices"),
        ("d = 0.1 * e", "d = 0.1 * e * unused", "multiply-name"),
        ("d = 3 * e", "d = 2 * e", "change-number"),
        ("d = clip(e, 3, 3)", "d = clip(e, -3, 3)", "change-number"),
        ("d = e * A1 - y", "d = e * (A1 - y)", "regroup"),
        ("d = y - e * A1", "d = (y - e) * A1", "regroup"),
    ],
)
def test_an_edit_that_a_person_would_make_is_there(wrong: str, right: str, kind: str) -> None:
    assert edits(wrong).get(right) == kind


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("d[z <= 0] = 0", "d[z <= 0] *= 0.2"),
        ("d[ z<=0 ] = 0.2", "d[ z<=0 ] *= 0.2"),
        ("d[z <= 0] = 0.3", None),
        ("d[3] = 0", None),
    ],
)
def test_units_that_are_off_keep_a_share(wrong: str, right: str | None) -> None:
    found = statement_rewrites(wrong, ast.parse(wrong).body[0], Material(leaks=("0.2",)))
    made = {apply(wrong, [e]) for e in found if e.kind == "leak"}
    assert made == ({right} if right else set())


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("d = e * a * (1 - a)", "d = e * (1 / (1 + np.exp(-z)))"),
        ("d = e @ w.T * (1 - a) * a", "d = e @ w.T * (1 / (1 + np.exp(-z)))"),
        ("d = e * (a * (1 - a))", "d = e * (1 / (1 + np.exp(-z)))"),
        ("d = e * (1 - a**2)", "d = e * (1 / (1 + np.exp(-z)))"),
        ("d = (z > 0) * e", "d = (1 / (1 + np.exp(-z))) * e"),
        ("d = e * a * (1 - b)", None),
        ("d = e * a * (a - 1)", None),
    ],
)
def test_a_derivative_written_out_is_made_another(wrong: str, right: str | None) -> None:
    material = Material(slopes=("(1 / (1 + np.exp(-z)))",))
    node = ast.parse(wrong).body[0]
    assert isinstance(node, ast.Assign)
    found = (draft.written(wrong) for draft in drafts(wrong, node.value, material))
    made = {apply(wrong, [e]) for e in found if e is not None and e.kind == "other-derivative"}
    assert made == ({right} if right else set())


def test_two_values_change_places_and_nothing_else_does() -> None:
    text = "d = np.dot(a.T, b[i]) + f(c)"
    statement = ast.parse(text).body[0]
    assert isinstance(statement, ast.Assign)
    found = {draft.new for draft in exchanges(text, statement.value)}
    assert found == {
        "np.dot(b[i].T, a) + f(c)",
        "np.dot(c.T, b[i]) + f(a)",
        "np.dot(a.T, c) + f(b[i])",
        "np.dot(a.T, c[i]) + f(b)",
        "np.dot(b.T, a[i]) + f(c)",
    }


@pytest.mark.parametrize(
    "text",
    [
        "d = (  e*A1 )*sigmoid_prime( Z1 )  # so",
        "δ = é * A1",
        "d = (y\n     - yhat)",
        "d = a if b else c",
    ],
)
def test_all_that_is_not_edited_stays_as_it_was(text: str) -> None:
    statement = ast.parse(text).body[0]
    assert isinstance(statement, ast.Assign)
    found = list(rewrites(text, statement.value, MATERIAL))
    assert found
    for edit in found:
        changed = apply(text, [edit])
        assert changed.startswith(text[: edit.start])
        assert changed.endswith(text[edit.end :])
        assert changed != text


def test_no_parenthesis_is_lost() -> None:
    assert "d = e * (Z1 > 0) * a" in edits("d = e * a") or "d = e * a * (Z1 > 0)" in edits(
        "d = e * a"
    )
    assert "d = (a + b) * A1 * (1 - A1)" in edits("d = a + b")
    assert "d = a + b * A1 * (1 - A1)" in edits("d = a + b")
    assert "d = a ** (-b)" in edits("d = a ** b") or "d = a ** -b" in edits("d = a ** b")


def test_parentheses_that_are_there_are_not_put_around_twice() -> None:
    found = edits("d = (y - yhat)").keys()
    assert {"d = (y - yhat) / m", "d = 2 * (y - yhat)", "d = (yhat - y)"} <= found
    assert "d = ((y - yhat) / m)" not in found
    assert "d = f((y - yhat) / m)" in edits("d = f(y - yhat)")
    assert "d = ((y - yhat) / m).sum(0)" in edits("d = (y - yhat).sum(0)")


def test_a_name_is_not_left_in_parentheses_that_a_call_does_not_need() -> None:
    found = edits("d = e * (1 - a)").keys()
    assert "d = e * a" in found
    assert "d = e * (a)" not in found
    assert "d = f(a)" in edits("d = f(1 - a)")


def test_a_name_that_stands_twice_is_replaced_at_both_places() -> None:
    found = edits("d = e * Z1 * (1 - Z1)")
    assert found["d = e * A1 * (1 - A1)"] == "replace-name"
    assert found["d = e * sigmoid(Z1) * (1 - sigmoid(Z1))"] == "wrap-call"
    assert "d = e * A1 * (1 - Z1)" in found


def test_functions_names_and_keywords_are_no_values_to_replace() -> None:
    for changed in edits("d = np.sum(e, axis=0)"):
        assert "=Z1" not in changed
        assert "Z1.sum" not in changed
        assert "np.Z1" not in changed


def test_the_same_text_is_proposed_once() -> None:
    statement = ast.parse("d = (a - b) * sigmoid(Z1) / m").body[0]
    assert isinstance(statement, ast.Assign)
    text = "d = (a - b) * sigmoid(Z1) / m"
    found = [(e.start, e.end, e.new) for e in rewrites(text, statement.value, MATERIAL)]
    assert len(found) == len(set(found))


NAMES = st.sampled_from(["A1", "Z1", "W2", "e", "x.T", "y"])
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "@", "**"]), inner).map(
            lambda t: f"({t[0]}) {t[1]} ({t[2]})"
        ),
        inner.map(lambda t: f"-({t})"),
        inner.map(lambda t: f"sigmoid({t})"),
        inner.map(lambda t: f"np.sum({t}, axis=0)"),
    ),
    max_leaves=6,
)


@given(EXPRESSIONS)
def test_every_edit_of_every_expression_is_a_statement_again(expression: str) -> None:
    text = f"d = {expression}"
    before = ast.dump(ast.parse(text))
    for changed in edits(text):
        assert ast.dump(ast.parse(changed)) != before or changed != text


def test_what_is_only_named_for_its_rows_is_not_calculated_with() -> None:
    """`(2 * w)[i]` and `(-x).T` are what nobody writes; what is named there may be another."""
    made = edits("g = w[i] * x.T", Material(names=("v",), counts=("m",), strengths=("reg",)))
    assert "g = v[i] * x.T" in made
    assert "g = reg * (w[i] * x.T)" in made
    assert not [text for text in made if ")[i]" in text or ").T" in text]


def test_several_values_are_not_taken_for_one() -> None:
    made = {*edits("g = a, b")} - {"g = b, a"}
    assert all(text.startswith("g = a, ") or text.endswith(", b") for text in made)


def test_a_matrix_is_multiplied_by_what_fits_it_alone() -> None:
    shapes = {"d": (7, 3), "W": (5, 3), "V": (3, 2), "X": (7, 11), "Q": (13, 17)}
    made = edits("g = d", Material(names=("W", "V", "X", "Q"), shapes=shapes))
    fitting = {text for text, kind in made.items() if kind == "multiply-matrix"}
    assert fitting == {"g = d @ W.T", "g = d @ V", "g = X.T @ d"}


def test_a_kernel_is_turned_round_along_what_it_moves_along() -> None:
    material = Material(names=("K", "d"), shapes={"K": (2, 3, 5), "d": (7, 4, 9, 9), "W": (3, 3)})

    def turned(text: str) -> set[str]:
        return {made for made, kind in edits(text, material).items() if kind == "reverse"}

    assert turned("g = K") == {"g = K[:, :, ::-1]", "g = K[::-1]"}
    assert turned("g = d") == {"g = d[:, :, ::-1, ::-1]"}
    assert not turned("g = W")


def test_indices_are_exchanged_like_other_names() -> None:
    text = "g = off * style[u] + taste[r]"
    statement = ast.parse(text).body[0]
    assert isinstance(statement, ast.Assign)
    made = {
        apply(text, [rewrite])
        for draft in exchanges(text, statement.value)
        if (rewrite := draft.written(text))
    }
    assert "g = off * style[r] + taste[u]" in made


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("g[ids] += d", "np.add.at(g, ids, d)"),
        ("self.g[self.ids] -= r * d", "np.subtract.at(self.g, self.ids, r * d)"),
        ("g[i, j] = d", "np.add.at(g, (i, j), d)"),
    ],
)
def test_what_is_added_to_rows_of_an_index_is_added_to_equal_ones_too(
    wrong: str, right: str
) -> None:
    found = statement_rewrites(wrong, ast.parse(wrong).body[0], Material())
    assert right in [apply(wrong, [one]) for one in found if one.kind == "scatter-add"]


@pytest.mark.parametrize("text", ["g[0] += d", "g[:, j] += d", "g[2 * i] += d", "g += d"])
def test_what_can_have_no_equal_rows_is_left_alone(text: str) -> None:
    found = statement_rewrites(text, ast.parse(text).body[0], Material())
    assert "scatter-add" not in {one.kind for one in found}


@pytest.mark.parametrize(
    ("shape", "new"),
    [
        ((4, 5, 6), "axis=2"),
        ((4, 5, 6), "axis=(0, 1)"),
        ((4, 5, 6, 7), "axis=(0, 2, 3)"),
    ],
)
def test_sums_may_run_over_any_axis_that_there_is(shape: tuple[int, ...], new: str) -> None:
    text = "g = back.sum(axis=1)"
    (statement,) = ast.parse(text).body
    assert isinstance(statement, ast.Assign)
    found = rewrites(text, statement.value, Material(shapes={"back": shape}))
    assert f"g = back.sum({new})" in {apply(text, [one]) for one in found}
