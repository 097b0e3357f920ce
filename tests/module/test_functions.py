"""Losses with gradients, and pairs of functions, given to the API."""

from typing import Any

import numpy as np
import pytest

from gradcheck import assert_gradients, check

Array = Any

SAMPLES, INPUTS, OUTPUTS = 3, 5, 7


def _draw(*shape: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(size=shape)


X, Y = _draw(SAMPLES, INPUTS, seed=2), _draw(SAMPLES, OUTPUTS, seed=3)


def _loss_of(parameters: Any) -> Any:
    return ((X @ parameters["w"] + parameters["b"] - Y) ** 2).sum()


def _gradients_of(parameters: Any) -> Any:
    error = 2 * (X @ parameters["w"] + parameters["b"] - Y)
    return {"w": X.T @ error, "b": error.sum(axis=0)}


def _parameters() -> dict[str, Array]:
    return {"w": _draw(INPUTS, OUTPUTS), "b": _draw(OUTPUTS, seed=5)}


def _wrong(report: Any) -> list[str]:
    return [check.parameter for check in report.problems[0].checks if check.verdict == "wrong"]


def test_a_function_may_return_loss_and_gradients_in_either_order() -> None:
    assert check(lambda p: (_loss_of(p), _gradients_of(p)), _parameters()).ok
    assert check(lambda p: (_gradients_of(p), _loss_of(p)), _parameters()).ok


def test_a_wrong_gradient_in_what_a_function_returns_is_found() -> None:
    def flawed(p: Any) -> Any:
        found = _gradients_of(p)
        return {**found, "w": found["w"] / 2}, _loss_of(p)

    report = check(flawed, _parameters())
    assert _wrong(report) == ["w"]
    assert "exactly 0.5 times the true gradient" in str(report)


def test_gradients_may_come_in_the_order_of_a_list_of_parameters() -> None:
    def listed(p: list[Array]) -> Any:
        named = {"w": p[0], "b": p[1]}
        return _loss_of(named), list(_gradients_of(named).values())

    assert check(listed, list(_parameters().values())).ok


def test_a_single_array_needs_no_name() -> None:
    assert check(lambda w: ((w**3).sum(), 3 * w**2), _draw(INPUTS)).ok
    assert not check(lambda w: ((w**3).sum(), 2 * w**2), _draw(INPUTS)).ok


def test_a_function_without_arguments_reads_the_arrays_that_are_moved_in_place() -> None:
    own = _parameters()
    before = {name: value.copy() for name, value in own.items()}
    assert check(lambda: (_loss_of(own), _gradients_of(own)), own).ok
    assert not check(lambda: (_loss_of(own), {**_gradients_of(own), "b": own["b"]}), own).ok
    assert all(np.array_equal(own[name], before[name]) for name in own)


def test_gradients_may_come_from_a_function_of_their_own() -> None:
    assert check(_loss_of, _parameters(), _gradients_of).ok
    report = check(_loss_of, _parameters(), lambda p: {**_gradients_of(p), "b": 0 * p["b"]})
    assert _wrong(report) == ["b"]


def test_gradients_that_are_arrays_are_checked_at_the_given_point_alone() -> None:
    own = _parameters()
    report = check(_loss_of, own, _gradients_of(own))
    assert report.ok
    assert report.problems[0].probes == ("given",)
    moved = {**_gradients_of(own), "b": _gradients_of(own)["b"] * 1.01}
    assert _wrong(check(_loss_of, own, moved)) == ["b"]


def test_a_gradient_that_is_left_out_or_of_another_shape_is_a_finding() -> None:
    def codes(claims: Any) -> set[str]:
        report = check(_loss_of, _parameters(), claims)
        return {finding.code for finding in report.problems[0].findings}

    assert codes(lambda p: {"w": _gradients_of(p)["w"]}) == {"GRD02"}
    assert codes(lambda p: {**_gradients_of(p), "w": _gradients_of(p)["w"].T}) == {"MAT02"}


def test_gradients_that_were_exchanged_are_told_without_knowing_the_network() -> None:
    def flawed(p: Any) -> Any:
        return (p["u"] ** 2 * X).sum() + (p["v"] ** 3 * X).sum(), {
            "u": 3 * p["v"] ** 2 * X.sum(axis=0),
            "v": 2 * p["u"] * X.sum(axis=0),
        }

    report = check(flawed, {"u": _draw(INPUTS), "v": _draw(INPUTS, seed=7)})
    assert {finding.code for finding in report.problems[0].findings} == {"PRP05"}


def test_a_claim_at_a_kink_within_both_sides_is_right_and_outside_is_not_accused() -> None:
    own = np.array([0.0, 1.0, -2.0])
    assert check(lambda w: (np.abs(w).sum(), np.sign(w)), own.copy()).ok
    report = check(lambda w: (np.abs(w).sum(), np.where(w > 0, 1.0, -1.0)), own.copy())
    assert not _wrong(report)


def test_dropout_drawn_from_any_generator_is_the_same_mask_each_time() -> None:
    rng = np.random.default_rng(11)

    def dropped(w: Array) -> Any:
        mask = rng.random(w.shape) < 0.5
        return ((w * mask) ** 2).sum(), 2 * w * mask

    def legacy(w: Array) -> Any:
        mask = np.random.rand(*w.shape) < 0.5  # noqa: NPY002
        return ((w * mask) ** 2).sum(), 2 * w * mask

    assert check(dropped, _draw(INPUTS)).ok
    assert check(legacy, _draw(INPUTS)).ok


def test_a_loss_that_is_never_the_same_is_undecided() -> None:
    counter = iter(range(10**6))
    report = check(lambda w: (w.sum() + next(counter), np.ones_like(w)), _draw(INPUTS))
    assert report.problems[0].verdict == "undecided"
    assert not report.ok


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda w: None, r"(?i)is a\s+`return`\s+missing"),
        (lambda w: (w, w), "expected one number"),
        (lambda w: 1 / 0, "ZeroDivisionError"),
        (lambda w, z: (0.0, w), "takes w, z; expected"),
    ],
)
def test_what_the_function_does_amiss_is_an_error_that_says_so(function: Any, said: str) -> None:
    import re

    report = check(function, _draw(INPUTS))
    assert report.problems[0].verdict == "error"
    assert re.search(said, str(report))


def affine(x: Array, w: Array, b: Array) -> Any:
    return np.maximum(x @ w + b, 0), (x, w, b)


def affine_back(dout: Array, cache: Any) -> Any:
    x, w, b = cache
    delta = dout * (x @ w + b > 0)
    return delta @ w.T, x.T @ delta, delta.sum(axis=0)


def test_a_pair_of_functions_is_checked_in_all_its_arguments() -> None:
    given = (X, _draw(INPUTS, OUTPUTS), _draw(OUTPUTS))
    report = check((affine, affine_back), inputs=given)
    assert report.ok
    assert [c.parameter for c in report.problems[0].checks] == ["x", "w", "b"]


def test_a_pair_of_functions_that_is_recognised_gets_its_fault_named() -> None:
    def first_only(dout: Array, cache: Any) -> Any:
        x, w, b = cache
        delta = dout * (x @ w + b > 0)
        return delta @ w.T, x.T @ delta, delta[0]

    named = check((affine, first_only), inputs=(X, _draw(INPUTS, OUTPUTS), _draw(OUTPUTS)))
    assert {f.code for f in named.problems[0].findings if f.level == "error"} == {"BIA06"}


def test_an_assertion_says_what_is_wrong_and_is_silent_otherwise() -> None:
    assert_gradients(_loss_of, _parameters(), _gradients_of)
    with pytest.raises(AssertionError, match="the gradient of b is wrong"):
        assert_gradients(_loss_of, _parameters(), lambda p: {**_gradients_of(p), "b": p["b"]})
