"""Gradients from a user's function: what is accepted, and what is noticed."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gradcheck.claims.python_function import Answer, Call, PythonFunction


@pytest.mark.parametrize("case", ["right", "dict_first", "dict_alone"])
def test_gradients_and_loss_come_back(
    case: str, call: Callable[..., Call], answer: Callable[[str], Answer]
) -> None:
    point = call(case)
    r = point.inputs["x"] @ point.parameters["w"] - point.targets["y"]
    got = answer(case)
    assert np.array_equal(got.gradients["w"], point.inputs["x"].T @ r)
    assert got.loss == (None if case == "dict_alone" else 0.5 * np.sum(r**2))
    assert got.modified == ()
    assert got.dtypes == {"w": "float64"}


def test_each_call_gets_its_own_answer(function: PythonFunction, call: Callable[..., Call]) -> None:
    points = [call("right", seed) for seed in (2, 3, 5)]
    for point, got in zip(points, function.answers(points), strict=True):
        r = point.inputs["x"] @ point.parameters["w"] - point.targets["y"]
        assert got.loss == 0.5 * np.sum(r**2)
    assert function.answers([]) == []


def test_a_loss_of_none_is_no_loss(answer: Callable[[str], Answer]) -> None:
    assert answer("no_loss").loss is None


def test_whatever_numpy_reads_as_real_numbers_is_widened(answer: Callable[[str], Answer]) -> None:
    got = answer("odd_types")
    assert {array.dtype for array in got.gradients.values()} == {np.dtype(np.float64)}
    assert got.gradients["list"].tolist() == [[1, 2, 3]]
    assert got.gradients["float"].shape == got.gradients["0-d"].shape == ()
    assert got.gradients["float"] == 0.25
    assert got.gradients["integer"] == 7
    assert got.gradients["float32"].tolist() == [float(np.float32(0.1))]
    assert got.gradients["int8"].tolist() == [1, -2]
    assert got.gradients["matrix"].tolist() == [[1.5, 2.5]]
    assert got.gradients["0-d"] == 4.5
    assert got.gradients["numpy name"].tolist() == [1, 1]
    assert np.isnan(got.gradients["nan"]).all()
    assert got.loss == 2.5
    assert got.dtypes["float32"] == "float32"
    assert got.dtypes["int8"] == "int8"
    assert got.dtypes["list"].startswith("int")
    assert got.dtypes["matrix"] == "float64"


def test_none_claims_no_gradient(answer: Callable[[str], Answer]) -> None:
    got = answer("odd_types")
    assert "none" not in got.gradients
    assert "none" not in got.dtypes


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("mutate_parameter", ("w",)),
        ("mutate_all", ("w", "x", "y")),
        ("mutate_shape", ()),
        ("rebind", ()),
    ],
)
def test_arrays_changed_in_place_are_named(
    case: str, names: tuple[str, ...], answer: Callable[[str], Answer]
) -> None:
    assert answer(case).modified == names


def test_a_change_in_place_spoils_neither_our_arrays_nor_the_next_call(
    function: PythonFunction, call: Callable[..., Call]
) -> None:
    point = call("mutate_parameter")
    before = point.parameters["w"].copy()
    first, second = function.answers([point, point])
    assert np.array_equal(point.parameters["w"], before)
    assert np.array_equal(first.gradients["w"], 2 * before)
    assert np.array_equal(second.gradients["w"], 2 * before)


def test_warnings_as_errors_and_old_print_options_do_no_harm(
    function: PythonFunction, answer: Callable[[str], Answer]
) -> None:
    got = answer("strict")
    assert got.gradients["w"][1] == np.inf
    answer("lenient")
    answer("right")
    assert "RuntimeWarning: divide by zero" in function.output
    assert "-inf" in function.output


@pytest.mark.parametrize("target", ["package.grads:Net.backward", "code/grad.py:net.backward"])
def test_modules_and_dotted_names_are_found(
    folder: Path, target: str, call: Callable[..., Call]
) -> None:
    point = call()
    with PythonFunction(target, folder, 30) as function:
        (got,) = function.answers([point])
    assert np.array_equal(got.gradients["w"], 3 * point.parameters["w"])


def test_a_file_named_like_a_standard_module_is_read(
    tmp_path: Path, call: Callable[..., Call]
) -> None:
    (tmp_path / "json.py").write_text("def f(p, i, t): return {'w': 2 * p['w']}\n")
    point = call()
    with PythonFunction("json.py:f", tmp_path, 30) as function:
        (got,) = function.answers([point])
    assert np.array_equal(got.gradients["w"], 2 * point.parameters["w"])
    assert [entry.name for entry in tmp_path.iterdir()] == ["json.py"]
