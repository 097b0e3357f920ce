"""Whose gradients are checked, and what goes wrong with them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcheck.config.load import Loaded
from gradcheck.config.opening import Failed
from gradcheck.errors import ClaimError, ConfigError

Failure = Callable[..., ConfigError]

FUNCTIONS = """
import os
import time

import numpy as np


def backward(params, inputs, targets):
    return {name: value * 2 for name, value in params.items()}


def renamed(params, inputs, targets):
    return {"W1": params["hidden.weight"].T, "b9": np.zeros(2)}


def strange(params, inputs, targets):
    params["hidden.bias"] += 1
    return 12345.0, {"hidden.bias": np.float32([1, 2, 3])}


def nothing(params, inputs, targets):
    return {}


def empty(params, inputs, targets):
    pass


def crash(params, inputs, targets):
    return params["hiden.weight"]


def slow(params, inputs, targets):
    time.sleep(60)


def dead(params, inputs, targets):
    os._exit(7)
"""


@pytest.fixture
def functions(tmp_path: Path) -> None:
    (tmp_path / "f.py").write_text(FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("{backward: a, python: b}", (10, 12), "faults; found backward and python"),
        ("{backward: a, file: b, faults: c}", (10, 12), "found backward and file and faults"),
        ("", (10, 11), "expected a mapping (gradients), found nothing"),
        ("{backward: }", (10, 23), "expected formulas, found nothing"),
        ("{faults: XXX99}", (10, 21), "there is no fault 'XXX99'"),
        ("{faults: [SGN01, sgn1]}", (10, 29), "there is no fault 'sgn1'; did you mean 'SGN01'?"),
        ("{faults: GRD01}", (10, 21), "names a finding and can't be planted"),
        ("{faults: SGN01@hidden}", (10, 21), "can't be made at 'hidden'"),
        ("{faults: SGN01@hiden}", (10, 21), "to plant SGN01 at; did you mean 'hidden'?"),
        ("{only: hiden.weight}", (10, 19), "no parameter 'hiden.weight'; did you mean 'hidden."),
        ("{only: ['*.bias', a]}", (10, 30), "the network has no parameter 'a'; known are"),
        ("{only: []}", (10, 19), "expected a list of at least 1, found an empty list"),
        ("{accept: {hidden.weigth: why}}", (10, 22), "did you mean 'hidden.weight'?"),
        ("{accept: {hidden.weight: }}", (10, 37), "expected a reason, found nothing"),
        ("{accept: [hidden.weight]}", (10, 21), "expected a mapping from parameters to reasons"),
        (
            "{names: {a: hidden.weight}}",
            (10, 13),
            "for gradients that come from 'python', 'file' or",
        ),
        ("{backward: a = 1, layout: out_in}", (10, 30), "for gradients that come from 'python'"),
        ("{file: no.npz}", (10, 19), "there is no file"),
        ("{file: a.txt}", (10, 19), "expected arrays in an .npz or .json file"),
        ("{python: no.py:f}", (10, 21), "there is no file 'no.py'"),
        ("{python: f}", (10, 21), "expected 'file.py:function' or 'package.module:function'"),
    ],
)
def test_claims_that_can_not_be_had_are_refused_at_their_place(
    failure: Failure, base: str, text: str, place: tuple[int, int], words: str
) -> None:
    error = failure(f"{base}gradients: {text}\n")
    assert words in error.message
    assert (error.line, error.column) == place


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("backwrad", "did you mean 'backward'?"),
        ("empty", "returned None; expected {parameter: gradient}"),
        ("nothing", "no gradient has the name of a parameter: found none at all"),
        ("renamed", "found 'W1', 'b9'; parameters are hidden.weight"),
        ("crash", "raised KeyError: 'hiden.weight'\n  f.py:"),
        ("slow", "took longer than 0.5 s, its timeout"),
        ("dead", "exit code 7"),
    ],
)
@pytest.mark.usefixtures("functions")
def test_what_a_function_does_wrong_is_told_at_its_name(
    failure: Failure, base: str, name: str, words: str
) -> None:
    error = failure(f"{base}gradients: {{python: f.py:{name}}}\n", timeout=0.5)
    assert words in error.message
    assert "site-packages" not in error.message
    assert error.line == 10


@pytest.mark.usefixtures("functions")
def test_a_function_is_not_run_where_that_is_forbidden(failure: Failure, base: str) -> None:
    error = failure(f"{base}gradients: {{python: f.py:dead}}\n", python=False)
    assert "'f.py:dead' is Python code, and --no-python forbids" in error.message


@pytest.mark.usefixtures("functions")
def test_a_function_may_use_names_and_a_layout_of_its_own(
    loaded: Callable[..., Loaded], base: str
) -> None:
    problem = loaded(
        f"{base}gradients: {{python: f.py:renamed, names: {{W1: hidden.weight}}, layout: out_in}}\n"
    ).problem
    probe = problem.probe(0, 0)
    (claims,) = problem.claims([probe])
    np.testing.assert_array_equal(claims["hidden.weight"], probe.parameters["hidden.weight"])
    assert "gradients of no parameter were left out: 'b9'" in problem.remarks


@pytest.mark.usefixtures("functions")
def test_names_that_lead_nowhere_are_refused(failure: Failure, base: str) -> None:
    error = failure(f"{base}gradients: {{python: f.py:renamed, names: {{W1: hidden.wight}}}}\n")
    assert "no parameter 'hidden.wight'; did you mean 'hidden.weight'?" in error.message
    assert (error.line, error.column) == (10, 47)


@pytest.mark.usefixtures("functions")
def test_what_is_odd_about_a_call_is_remarked(loaded: Callable[..., Loaded], base: str) -> None:
    problem = loaded(f"{base}gradients: {{python: f.py:strange}}\n").problem
    (changed,), (loss,) = problem.facts, problem.remarks
    assert (changed.code, changed.parameters) == ("CHK07", ("hidden.bias",))
    assert "the function returns the loss 12345, but the config's is" in loss
    (claims,) = problem.claims([problem.probe(0, 0)])
    assert claims["hidden.bias"].dtype == np.float32


@pytest.mark.usefixtures("functions")
def test_a_failure_at_a_later_point_is_the_claims_own(
    loaded: Callable[..., Loaded], base: str, tmp_path: Path
) -> None:
    (tmp_path / "late.py").write_text(
        "calls = []\ndef f(params, inputs, targets):\n"
        "    calls.append(1)\n    assert len(calls) < 2\n    return params\n"
    )
    problem = loaded(f"{base}gradients: {{python: late.py:f}}\n").problem
    with pytest.raises(ClaimError, match="AssertionError"):
        problem.claims([problem.probe(1, 0)])


def test_the_negative_gradient_is_taken_negatively(
    loaded: Callable[..., Loaded], base: str
) -> None:
    right = loaded(base).problem
    turned = loaded(f"{base}gradients: {{update: '+='}}\n").problem
    ((one,), (other,)) = (p.claims([p.probe(0, 0)]) for p in (right, turned))
    for name in right.shapes:
        assert np.abs(one[name]).max() > 0
        np.testing.assert_array_equal(one[name], -other[name])
    assert "they are the negative gradient" in turned.conventions[-1]


class TestFile:
    """Gradients that a program dumped."""

    def test_dumped_gradients_hold_at_the_given_point_alone(
        self, loaded: Callable[..., Loaded], base: str, tmp_path: Path
    ) -> None:
        save: Any = np.savez
        save(tmp_path / "g.npz", **{"hidden.weight": np.ones((2, 3)), "other": np.ones(1)})
        problem = loaded(f"{base}gradients: {{file: g.npz}}\n").problem
        assert problem.dumped
        assert problem.probes == 1
        assert "gradients of no parameter were left out: 'other'" in problem.remarks[0]
        assert "given point alone" in problem.remarks[1]

    @pytest.mark.parametrize(
        ("arrays", "words"),
        [
            ({"W1": np.ones((2, 3))}, "found 'W1'; parameters are hidden.weight"),
            ({"hidden.weigth": np.ones((2, 3))}, "did you mean 'hidden.weight'?"),
            ({"hidden.weight": np.array([{}])}, "it holds Python objects"),
            ({"hidden.weight": np.ones((2, 3)) * 1j}, "expected real numbers"),
        ],
    )
    def test_dumps_that_can_not_be_used_are_refused(
        self,
        failure: Failure,
        base: str,
        tmp_path: Path,
        arrays: dict[str, Any],
        words: str,
    ) -> None:
        save: Any = np.savez
        save(tmp_path / "g.npz", **arrays)
        assert words in failure(f"{base}gradients: {{file: g.npz}}\n").message


class TestValues:
    """Gradients whose numbers stand in the config."""

    def test_they_hold_at_the_given_point_alone(
        self, loaded: Callable[..., Loaded], base: str
    ) -> None:
        values = "{hidden.weight: [[1, 2, 3], [4, 5, 6.5]], hidden.bias: [-1, 0.5, 2]}"
        problem = loaded(f"{base}gradients: {{values: {values}}}\n").problem
        assert problem.dumped
        assert problem.probes == 1
        (claims,) = problem.claims([problem.probe(0, 0)])
        np.testing.assert_array_equal(claims["hidden.weight"], [[1, 2, 3], [4, 5, 6.5]])
        np.testing.assert_array_equal(claims["hidden.bias"], [-1, 0.5, 2])
        assert (
            problem.remarks[-1] == "gradients from the config are checked at the given point alone"
        )

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ("{W1: [[1, 2, 3], [4, 5, 6]]}", "found 'W1'; parameters are hidden.weight"),
            ("{hidden.weight: some}", "expected a number or a list of numbers"),
            ("{hidden.weight: [[1, 2], [3]]}", "all rows of an array are equally long"),
            ("{hidden.weight: [[1, .nan]]}", "expected a finite number"),
            ("[1, 2]", "expected a mapping from parameters to numbers"),
        ],
    )
    def test_numbers_that_can_not_be_used_are_refused(
        self, failure: Failure, base: str, values: str, words: str
    ) -> None:
        assert words in failure(f"{base}gradients: {{values: {values}}}\n").message


class TestExpectation:
    """What a config says that its check will find."""

    @pytest.mark.parametrize(
        ("text", "place", "words"),
        [
            ("{wrong: hiden.weight}", (10, 17), "no parameter 'hiden.weight'; did you mean"),
            ("{wrong: [hidden.bias, a]}", (10, 31), "no parameter 'a'; known are"),
            ("{codes: [SGN1]}", (10, 18), "no fault 'SGN1'; did you mean 'SGN01'?"),
        ],
    )
    def test_nothing_can_be_expected_of_what_there_is_not(
        self, failure: Failure, base: str, text: str, place: tuple[int, int], words: str
    ) -> None:
        error = failure(f"{base}expect: {text}\n")
        assert words in error.message
        assert (error.line, error.column) == place

    def test_an_error_can_be_expected_of_a_config_that_is_not_read(
        self, load: Callable[..., list[Failed]], base: str
    ) -> None:
        (result,) = load(base.replace("tanh", "tahn") + "expect: {verdict: error}\n")
        assert result.expectation.verdict == "error"
        assert result.name == "base"
