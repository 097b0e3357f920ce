"""Ops of one's own in a config: what is misspelt or does not fit is refused at its place."""

from collections.abc import Callable

import pytest

from gradcheck.config.load import Loaded
from gradcheck.errors import ConfigError

Changed = Callable[[str, str], ConfigError]


LAYERS = {
    "{expression: z * ^tanhh(z)}": "unknown function `tanhh`; did you mean `tanh`?",
    "{expression: z * ^beta}": "unknown name `beta`; known are hidden, z",
    "{expression: z * ^hiden}": "unknown name `hiden`; did you mean `hidden`?",
    "{expression: z +^}": "at the end",
    "{expression: ^z if z else 1}": "write `where(condition, a, b)`",
    "{expression: ^2}": "the expression does not use its input 'hidden'",
    "{expression: z, ^paramters: {}}": "did you mean 'parameters'?",
    "{expression: z, parameters: {^b: [2]}}": "does not use the parameter 'b'",
    "{expression: z, parameters: {^z: [2]}}": "'z' names an input already",
    "{expression: z * b, parameters: {b: ^[]}}": "a list of at least 1",
    "{expression: z * b, parameters: {b: [^0]}}": "of at least 1",
    "{expression: ^z * b, parameters: {b: [2]}}": "shapes (5, 3) and (2,) do not fit",
    "{expression: z * b, parameters: {^m: [3]}}": "'m' can't name a parameter",
    "{expression: ^z @ b, parameters: {b: [2, 3]}}": "did you mean `b.T`?",
    "{expression: z, inputs: ^[hidden, hidden]}": "takes an input twice",
    "{expression: hidden + ^x, inputs: [hidden]}": "unknown name `x`",
    "{expression: z, inputs: ^[hiden]}": "which is no input and no earlier layer",
    "{expression: ^tanh_prime(z)}": "unknown function `tanh_prime`",
    "{python: ^own.py:f}": "there is no file 'own.py'",
    "{python: ^f}": "expected 'file.py:function' or 'package.module:function'",
    "{python: own.py:f, ^shap: [2]}": "did you mean 'shape'?",
    "{python: own.py:f, shape: [^0]}": "a whole number of at least 1",
    "{expression: z, ^tanh: {}}": "has no key 'tanh'",
}
MISFITS = {
    "{expression: sum(z)}": "it gives shape (), but a layer's output has the batch of 5 as first",
    "{expression: z.T}": "it gives shape (3, 5), but a layer's output has the batch",
    "{expression: z * b, parameters: {b: [2, 5, 3]}}": "it gives shape (2, 5, 3)",
}
LOSSES = {
    "{expression: yhat - ^t}": "unknown name `t`; known are y, yhat",
    "{expression: ^yhat**2}": "does not use its input 'y'",
    "{expression: yhat - y, ^parameters: {b: 1}}": "has no key 'parameters'",
    "{expression: mean(yhat - y), reduction: ^batch_mean}": "nothing to reduce",
    "{^expression: 'sum(yhat - y, axis=0)'}": "loss terms have the batch of 5 as first axis",
    "{expression: yhat - y, reduction: ^mean}": "one of sum, batch_mean",
    "{python: ^own.py:f}": "there is no file 'own.py'",
}


@pytest.mark.parametrize("marked", LAYERS)
def test_a_layer_of_ones_own_that_does_not_fit_is_refused_at_its_place(
    changed: Changed, marked: str
) -> None:
    error = changed("act: tanh", f"act: {marked.replace('^', '')}")
    assert LAYERS[marked] in error.message
    assert (error.line, error.column) == (6, len("    - act: ") + marked.index("^") + 1)


@pytest.mark.parametrize("text", MISFITS)
def test_an_output_of_another_shape_is_refused_at_the_layer(changed: Changed, text: str) -> None:
    error = changed("act: tanh", f"act: {text}")
    assert MISFITS[text] in error.message
    assert (error.line, error.column) == (6, len("    - ") + 1)


@pytest.mark.parametrize("marked", LOSSES)
def test_a_loss_of_ones_own_that_does_not_fit_is_refused_at_its_place(
    changed: Changed, marked: str
) -> None:
    error = changed("{squared_error: {reduction: sum}}", marked.replace("^", ""))
    assert LOSSES[marked] in error.message
    assert (error.line, error.column) == (8, len("loss: ") + marked.index("^") + 1)


def test_a_layer_without_a_name_is_told_so(changed: Changed) -> None:
    error = changed("act: tanh", "expression: z * 2")
    assert "this layer has no name: write '- NAME: {expression: ...}'" in error.message
    assert (error.line, error.column) == (6, 7)


def test_a_target_without_the_last_axis_is_not_broadcast(
    loaded: Callable[..., Loaded], failure: Callable[..., ConfigError], base: str
) -> None:
    own = base.replace("{squared_error: {reduction: sum}}", "{expression: (yhat - y)**2}")
    flat = own.replace("y: {normal: [0, 1]}", "y: [1, 2, 3, 5, 7]")
    problem = loaded(flat).problem
    assert problem.probe(0, 0).data["y"].shape == (5, 1)
    classes = own.replace("y: {normal: [0, 1]}", "y: {classes: 3}")
    assert "terms that belong to no sample" in failure(classes).message


@pytest.mark.parametrize("text", ["z * 2", "exp(z)", "z @ z.T"])
def test_a_huge_network_is_refused_before_an_expression_is_tried(
    failure: Callable[..., ConfigError], base: str, text: str
) -> None:
    own = base.replace("act: tanh", f"act: {{expression: {text}}}")
    error = failure(own.replace("batch: 5", "batch: 1000000000000"))
    assert "at most 1e+08 are allowed" in error.message


CLAIM = "gradients:\n  backward: |\n    grad.{} = 2 * x\n  only: [hidden.weight]\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("y", "it is the loss's target, and gradients are claimed for parameters and inputs"),
        ("act", "'act' is a layer's output"),
        ("X", "'grad.X' is no parameter's gradient; did you mean 'grad.x'?"),
    ],
)
def test_a_gradient_of_something_else_is_refused_with_the_reason(
    failure: Callable[..., ConfigError], base: str, name: str, words: str
) -> None:
    error = failure(base + CLAIM.format(name))
    assert words in error.message
    assert (error.line, error.column) == (12, 5)


@pytest.mark.parametrize(
    ("check", "place", "words"),
    [
        ("{inputs: [y]}", (10, 18), "no input 'y'; it is the loss's target"),
        ("{inputs: [x, xx]}", (10, 21), "no input 'xx'; did you mean 'x'?"),
        ("{inputs: hidden}", (10, 17), "no input 'hidden'; known are x"),
    ],
)
def test_inputs_that_there_are_not_are_not_checked(
    failure: Callable[..., ConfigError],
    base: str,
    check: str,
    place: tuple[int, int],
    words: str,
) -> None:
    error = failure(f"{base}check: {check}\n")
    assert words in error.message
    assert (error.line, error.column) == place


IDS = """\
network:
  inputs: {ids: [2]}
  layers:
    - words: {embedding: {entries: 5, units: 3}}
    - flat: flatten
    - output: {dense: {units: 1}}
loss: squared_error
data: {batch: 7, ids: {integers: [0, 4]}, y: {normal: [0, 1]}}
"""


def test_there_is_no_gradient_by_ids(failure: Callable[..., ConfigError]) -> None:
    asked = failure(f"{IDS}check: {{inputs: ids}}\n")
    assert "no gradient by the input 'ids': embedding at 'words' takes whole" in asked.message
    assert asked.line == 9
    claimed = failure(f"{IDS}gradients:\n  backward: grad.ids = ids\n  only: [ids]\n")
    assert "takes whole numbers" in claimed.message
    assert (claimed.line, claimed.column) == (10, 13)


def test_an_input_that_is_the_target_as_well_is_not_moved(
    failure: Callable[..., ConfigError], base: str
) -> None:
    auto = base.replace("units: 1", "units: 2").replace("reduction: sum", "target: x")
    auto = auto.replace(", y: {normal: [0, 1]}", "")
    error = failure(f"{auto}check: {{inputs: x}}\n")
    assert "it is the loss's target as well" in error.message
