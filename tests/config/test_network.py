"""Layers, losses and penalties that do not fit, and networks that are too large."""

import time
from collections.abc import Callable

import pytest

from gradcheck.config.load import Loaded
from gradcheck.errors import ConfigError

Changed = Callable[[str, str], ConfigError]


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("tanh", "tahn", (6, 12), "there is no op 'tahn'; did you mean 'tanh'?"),
        ("tanh", "qqqq", (6, 12), "'gradcheck list ops' shows all"),
        ("tanh", "linear", (6, 12), "there is no op 'linear'; here it is called 'dense'"),
        ("squared_error", "MSE", (8, 8), "here it is called 'squared_error'"),
        ("tanh", "squared_error", (6, 12), "a layer or an activation, but 'squared_error'"),
        ("squared_error", "dense", (8, 8), "expected a loss, but 'dense' is a layer"),
        ("tanh", "", (6, 11), "expected a layer or an activation, by its name, found nothing"),
        ("tanh", "[tanh]", (6, 12), "expected a layer or an activation, by its name, found a list"),
        ("act: tanh", "tanh", (6, 7), "this layer has no name: write '- NAME: tanh'"),
        ("hidden: {dense: {units: 3}}", "dense: {units: 3}", (5, 7), "this layer has no name"),
        ("act: tanh", "{name: act, tanh: {}}", (6, 7), "found a mapping with 'name', 'tanh'"),
        ("{dense: {units: 3}}", "dense", (5, 15), "dense needs 'units' (number of outputs o)"),
        ("{units: 3}", "{}", (5, 16), "dense needs 'units'"),
        ("{units: 3}", "{bias: no}", (5, 23), "dense needs 'units'"),
        ("{units: 3}", "3", (5, 23), "expected a mapping (dense, such as {units: ...}), found '3'"),
        ("{units: 3}", "{}, units: 3", (5, 27), "'units' belongs among the options of dense"),
        ("act: tanh", "act: {tanh: {}, input: x}", (6, 23), "'input' is unknown here; did"),
        ("act: tanh", "act: {tanh: {}, relu: {}}", (6, 12), "expected one op, found 'tanh' and"),
        ("act: tanh", "act: {inputs: x}", (6, 12), "expected the name of a layer or an activation"),
        ("act:", "hidden:", (6, 7), "'hidden' names another layer already"),
        ("act:", "x:", (6, 7), "'x' names an input already"),
        ("act:", "y:", (8, 8), "'y' names both a layer and the loss's target"),
        ("act:", "yhat:", (6, 7), "'yhat' can't name a layer: in formulas it means"),
        ("act:", "lambda:", (6, 7), "it is a keyword of Python"),
        ("act:", "a-b:", (6, 7), "use letters, digits and underscores"),
        ("act:", "1:", (6, 7), "use letters, digits and underscores"),
        ("act:", "__a:", (6, 7), "two underscores"),
        ("{x: [2]}", "{grad: [2]}", (3, 12), "'grad' can't name an input"),
        ("{x: [2]}", "{batch: [2]}", (3, 12), "'batch' can't name an input"),
        ("{x: [2]}", "{}", (3, 11), "a network has at least one input"),
        ("[2]", f"[{'2, ' * 17}]", (3, 15), "expected a list of at most 16, found a list of 17"),
        ("reduction: sum", "target: a b", (8, 32), "'a b' can't name the target"),
        ("reduction: sum", "prediction: outptu", (8, 36), "no layer 'outptu'; did you"),
        ("act: tanh", "act: {tanh: {}, inputs: [hiden]}", (6, 31), "there are x, hidden"),
        ("act: tanh", "act: {tanh: {}, inputs: [x, hidden]}", (6, 31), "tanh takes 1 input, but"),
        ("act: tanh", "act: {tanh: {}, inputs: []}", (6, 31), "expected a list of at least 1"),
        ("act: tanh", "act: {add: {}, inputs: [x]}", (6, 30), "add takes"),
        ("act: tanh", "act: {add: {}, inputs: [hidden, x]}", (6, 7), "(5, 3) and 'x' (5, 2)"),
        (
            "{dense: {units: 1}}", "{dense: {units: 3}, share: {weight: hidden.weight}}",
            (7, 42), "needs weight of shape (3, 3), but 'hidden.weight' has (2, 3)",
        ),
        (
            "{dense: {units: 1}}", "{dense: {units: 3}, share: {weight: a.weight}}",
            (7, 42), "shares 'a.weight', which no earlier layer has",
        ),
        (
            "{dense: {units: 1}}", "{dense: {units: 3}, share: {wight: hidden.weight}}",
            (7, 42), "has no parameter 'wight' to share",
        ),
    ],
)  # fmt: skip
def test_a_layer_or_loss_that_does_not_fit_is_refused_at_its_place(
    changed: Changed, old: str, new: str, place: tuple[int, int], words: str
) -> None:
    error = changed(old, new)
    assert words in error.message
    assert (error.line, error.column) == place


def test_a_network_without_parameters_has_nothing_to_check(
    failure: Callable[..., ConfigError], base: str
) -> None:
    error = failure("\n".join(line for line in base.split("\n") if "dense" not in line))
    assert "no layer has parameters, so there is no gradient to check" in error.message


def test_a_first_layer_must_choose_among_several_inputs(changed: Changed) -> None:
    error = changed("{x: [2]}", "{x: [2], z: [3]}")
    assert "say which it takes: inputs: [x, z]" in error.message
    assert error.line == 5


@pytest.mark.parametrize(
    ("old", "new", "largest"),
    [
        ("units: 3", "units: 1000000000000", "hidden.weight"),
        ("batch: 5", "batch: 1000000000000", "hidden"),
        ("batch: 5", "batch: 1e308", "hidden"),
        ("[2]", "[99999999, 99999]", "x"),
        ("units: 3", "units: 1e200", "hidden.weight"),
    ],
)
def test_a_huge_network_is_refused_at_once_with_the_reason(
    changed: Changed, old: str, new: str, largest: str
) -> None:
    start = time.monotonic()
    error = changed(old, new)
    assert time.monotonic() - start < 1
    assert "GiB, over the 4 GiB allowed" in error.message
    assert f"the largest part is {largest!r}" in error.message
    assert error.line == 3


def test_the_memory_allowed_is_the_configs_own_choice(
    failure: Callable[..., ConfigError], loaded: Callable[..., Loaded], base: str
) -> None:
    large = base.replace("batch: 5", "batch: 50000")
    loaded(large)
    assert "over the 0.001 GiB allowed" in failure(f"{large}check: {{memory: 0.001}}\n").message


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("{}", (10, 17), "regularization needs a strength, such as l2: 0.1"),
        ("{factor: 1}", (10, 17), "regularization needs a strength"),
        ("{l3: 1}", (10, 18), "regularization has no key 'l3'; did you mean 'l2'?"),
        ("{l2: much}", (10, 22), "expected a finite number, found 'much'"),
        ("{l2: 1, parameters: hiden.weight}", (10, 37), "did you mean 'hidden.weight'?"),
        ("{l2: 1, parameters: [hidden.*, a.*]}", (10, 48), "no parameter 'a.*'; known are"),
        ("{l2: 1, parameters: []}", (10, 37), "expected a list of at least 1"),
    ],
)
def test_a_penalty_that_means_nothing_is_refused(
    failure: Callable[..., ConfigError],
    base: str,
    text: str,
    place: tuple[int, int],
    words: str,
) -> None:
    error = failure(f"{base}regularization: {text}\n")
    if "l3" in text:
        assert "regularization has no key 'l3'; known are" in error.message
    else:
        assert words in error.message
    assert (error.line, error.column) == place
