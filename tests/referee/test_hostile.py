"""Hostile regimes: right gradients that are hard to referee are not accused, wrong ones are found.

Unless a test says otherwise the claims are our own backprop's.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import yaml

from gradcheck.array import Array
from gradcheck.config.load import Loaded
from gradcheck.problem import Claims, Probe, Problem
from gradcheck.referee import check
from gradcheck.report import Check

Load = Callable[[str], Loaded]
Config = dict[str, Any]


def network(*layers: Config, loss: Any = "squared_error", **rest: Any) -> Config:
    """Write down a network on x with 3 features, its layers by position."""
    named = [{f"layer{k}": layer} for k, layer in enumerate(layers)]
    return {
        "network": {"inputs": {"x": [3]}, "layers": named},
        "loss": loss,
        "data": {"batch": 5, "x": {"normal": [0, 1]}, "y": {"normal": [0, 1]}},
        **rest,
    }


def dense(units: int, **options: Any) -> Config:
    return {"dense": {"units": units, **options}}


def load(load_config: Load, config: Config) -> Loaded:
    return load_config(yaml.safe_dump(config, sort_keys=False))


def checks_of(loaded: Loaded, problem: Problem | None = None, **settings: Any) -> dict[str, Check]:
    found = check(problem or loaded.problem, replace(loaded.settings, **settings))
    return {entry.parameter: entry for entry in found.checks}


def verdicts(loaded: Loaded, problem: Problem | None = None, **settings: Any) -> set[str]:
    return {entry.verdict for entry in checks_of(loaded, problem, **settings).values()}


def claiming(problem: Problem, change: Callable[[Probe, dict[str, Array]], None]) -> Problem:
    """Return a problem whose claims are changed at every probe."""

    def claims(probes: Sequence[Probe]) -> Sequence[Claims]:
        found = []
        for probe, own in zip(probes, problem.claims(probes), strict=True):
            copies = {name: np.array(claim) for name, claim in own.items()}
            change(probe, copies)
            found.append(copies)
        return found

    return replace(problem, claims=claims)


BODIES: dict[str, tuple[Config, ...]] = {
    "sigmoid": (dense(7), {"sigmoid": None}, dense(2)),
    "relu": (dense(7), {"relu": None}, dense(2)),
    "layer_norm": (dense(7), {"layer_norm": None}, dense(2)),
    "batch_norm": (dense(7), {"batch_norm": None}, {"tanh": None}, dense(2)),
    "gelu": (dense(7), {"gelu": None}, dense(2)),
    "glu": (dense(10), {"glu": None}, dense(2)),
    "recurrent": (
        {"reshape": {"shape": [3, 1]}},
        {"gru": {"units": 2}},
        {"flatten": None},
        dense(2),
    ),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize(
    "settings", [{"scale": 1e-8}, {"offset": 1e8}, {"scale": 1e12}, {"scale": -1e-8, "offset": 1.0}]
)
def test_the_size_of_the_loss_does_not_matter(
    body: tuple[Config, ...], settings: Config, load_config: Load
) -> None:
    loaded = load(load_config, network(*body, loss={"squared_error": settings}))

    assert verdicts(loaded) == {"right"}


@pytest.mark.parametrize("settings", [{"scale": 1e-8}, {"offset": 1e8}])
def test_nor_does_it_hide_a_doubled_gradient(settings: Config, load_config: Load) -> None:
    loaded = load(load_config, network(*BODIES["sigmoid"], loss={"squared_error": settings}))

    def double(probe: Probe, claims: dict[str, Array]) -> None:
        claims["layer0.weight"] *= 2

    checks = checks_of(loaded, claiming(loaded.problem, double))

    assert {name for name, c in checks.items() if c.verdict == "wrong"} == {"layer0.weight"}
    assert checks["layer0.weight"].wrong_entries == 21


KINKED = ("relu", "leaky_relu", "hard_tanh", "elu", "selu")


@pytest.mark.parametrize("activation", KINKED)
def test_units_exactly_at_a_kink_are_right(activation: str, load_config: Load) -> None:
    """Zero biases and rows of zeros put whole samples on it."""
    config = network(dense(7), {activation: None}, dense(2))
    config["parameters"] = {"*.bias": "zeros"}
    rows = [[0, 0, 0], [0.3, -1.1, 0.7], [0, 0, 0], [-0.4, 0.2, 1.9], [1.3, 0.8, -0.6]]
    config["data"]["x"] = rows

    assert verdicts(load(load_config, config)) == {"right"}


@pytest.mark.parametrize("distance", [1e-7, -1e-7, 1e-12])
@pytest.mark.parametrize("activation", KINKED)
def test_units_next_to_a_kink_are_right(
    activation: str, distance: float, load_config: Load
) -> None:
    config = network(dense(7), {activation: None}, dense(2))
    config["parameters"] = {"layer0.bias": [distance] * 7}
    config["data"]["x"] = [[0, 0, 0], [0.3, -1.1, 0.7], [0, 0, 0], [-0.4, 0.2, 1.9], [1.3, 1, -0.6]]
    loaded = load(load_config, config)

    assert verdicts(loaded) == {"right"}
    assert not loaded.problem.kinks(loaded.problem.probe(0, 0))


def test_the_slope_on_the_wrong_side_of_a_near_kink_is_found(load_config: Load) -> None:
    config = network(dense(7), {"relu": None}, dense(2))
    config["parameters"] = {"layer0.bias": [1e-7] * 7}
    config["data"]["x"] = [[0, 0, 0]] * 5
    loaded = load(load_config, config)

    def dead(probe: Probe, claims: dict[str, Array]) -> None:
        claims["layer0.bias"][:] = 0

    checks = checks_of(loaded, claiming(loaded.problem, dead), points=1)

    assert checks["layer0.bias"].verdict == "wrong"
    assert checks["layer0.bias"].wrong_entries == 7


def test_dead_pixels_are_right(load_config: Load) -> None:
    config = network(dense(7), {"relu": None}, dense(2))
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(5, 3))
    rows[:, 1] = 0
    config["data"]["x"] = rows.round(3).tolist()

    checks = checks_of(load(load_config, config))

    assert {c.verdict for c in checks.values()} == {"right"}
    assert checks["layer0.weight"].entries_checked == 21


AT_ZERO = network(dense(7), {"relu": None}, dense(2))
AT_ZERO["parameters"] = {"*.bias": "zeros"}
AT_ZERO["data"]["x"] = [[0, 0, 0], [0, 0, 0], [0.4, 0.2, 1.9], [-0.4, 0.2, 1], [1.3, 0.8, -0.6]]


def relu_with(problem: Problem, at_zero: float) -> Problem:
    """Return the problem AT_ZERO with claims by a relu whose slope at zero is `at_zero`."""

    def change(probe: Probe, claims: dict[str, Array]) -> None:
        x, y, own = probe.data["x"], probe.data["y"], probe.parameters
        z = x @ own["layer0.weight"] + own["layer0.bias"]
        yhat = np.maximum(z, 0) @ own["layer2.weight"] + own["layer2.bias"]
        slope = np.where(z == 0, at_zero, (z > 0).astype(float))
        dz = 2 * (yhat - y) / len(x) @ own["layer2.weight"].T * slope
        claims["layer0.weight"], claims["layer0.bias"] = x.T @ dz, dz.sum(axis=0)

    return claiming(problem, change)


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
def test_every_convention_at_a_kink_is_right_for_several_samples_at_once(
    at_zero: float, load_config: Load
) -> None:
    """Two samples sit on the kink of every unit, and what they add may cancel."""
    loaded = load(load_config, AT_ZERO)

    assert len(loaded.problem.kinks(loaded.problem.probe(0, 0))) == 14
    assert verdicts(loaded, relu_with(loaded.problem, at_zero)) == {"right"}


@pytest.mark.parametrize("at_zero", [-1.0, 2.0])
def test_no_convention_at_a_kink_goes_beyond_its_sides(at_zero: float, load_config: Load) -> None:
    loaded = load(load_config, AT_ZERO)

    checks = checks_of(loaded, relu_with(loaded.problem, at_zero), points=1)

    assert checks["layer0.bias"].verdict == "wrong"
    assert checks["layer2.weight"].verdict == "right"


def test_entries_that_no_kink_touches_are_judged_as_ever(load_config: Load) -> None:
    loaded = load(load_config, AT_ZERO)

    def spoil(probe: Probe, claims: dict[str, Array]) -> None:
        claims["layer2.bias"][1] *= 1 + 1e-6

    checks = checks_of(loaded, claiming(loaded.problem, spoil), points=1)

    assert {n for n, c in checks.items() if c.verdict == "wrong"} == {"layer2.bias"}
    assert checks["layer2.bias"].wrong_entries == 1


def test_more_kinks_than_can_be_tried_leave_open_what_they_touch_alone(load_config: Load) -> None:
    """Beyond every convention, but who knows by how much: undecided. The rest is judged."""
    config = AT_ZERO | {"data": {**AT_ZERO["data"], "batch": 53, "x": {"constant": 0.0}}}
    config["data"]["y"] = {"normal": [0, 1]}
    loaded = load(load_config, config)
    spoiled = relu_with(loaded.problem, 2.0)

    checks = checks_of(loaded, spoiled, points=1)

    assert len(loaded.problem.kinks(loaded.problem.probe(0, 0))) == 7 * 53
    assert checks["layer0.bias"].verdict == "undecided"
    assert checks["layer0.bias"].reason == "kink"
    assert checks["layer2.bias"].verdict == "right"


@pytest.mark.parametrize("samples", [5, 53])
def test_kinks_behind_kinks_are_right_by_any_convention(samples: int, load_config: Load) -> None:
    """With `z >= 0` a path through two relus at zero counts, which no single side opens."""
    config = network(
        dense(2, bias=False), {"relu": None}, dense(2), {"relu": None}, dense(1, bias=False)
    )
    config["parameters"] = {"*.bias": "zeros"}
    config["data"] |= {"batch": samples, "x": {"constant": 0.0}}
    loaded = load(load_config, config)

    def open_all(probe: Probe, claims: dict[str, Array]) -> None:
        own = probe.parameters
        x, y = probe.data["x"], probe.data["y"]
        z = x @ own["layer0.weight"]
        a = np.maximum(z, 0)
        u = a @ own["layer2.weight"] + own["layer2.bias"]
        b = np.maximum(u, 0)
        db = 2 / samples * (b @ own["layer4.weight"] - y) @ own["layer4.weight"].T
        du = db * (u >= 0)
        dz = du @ own["layer2.weight"].T * (z >= 0)
        claims["layer2.bias"], claims["layer2.weight"] = du.sum(axis=0), a.T @ du
        claims["layer0.weight"] = x.T @ dz

    assert "wrong" not in verdicts(loaded, claiming(loaded.problem, open_all))


@pytest.mark.parametrize("z", [-36.0, -25.0, 25.0, 30.0, 36.0])
def test_a_saturated_sigmoid_with_the_stable_slope_is_right(z: float, load_config: Load) -> None:
    config = network(dense(7), {"sigmoid": None}, dense(2))
    config["parameters"] = {"layer0.bias": {"normal": [z, 0.1]}}

    assert verdicts(load(load_config, config)) == {"right"}


def sigmoid_by_activation(problem: Problem, factor: float = 1.0) -> Problem:
    """Return a problem with claims that use a * (1 - a), which loses digits for large a."""

    def change(probe: Probe, claims: dict[str, Array]) -> None:
        x, y, own = probe.data["x"], probe.data["y"], probe.parameters
        a = 1 / (1 + np.exp(-(x @ own["layer0.weight"] + own["layer0.bias"])))
        yhat = a @ own["layer2.weight"] + own["layer2.bias"]
        dz = 2 * (yhat - y) / len(x) @ own["layer2.weight"].T * a * (1 - a) * factor
        claims["layer0.weight"], claims["layer0.bias"] = x.T @ dz, dz.sum(axis=0)

    return claiming(problem, change)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("z", [15.0, 25.0, 30.0, 34.0, 36.0, 40.0])
def test_a_slope_that_loses_digits_is_never_wrong(z: float, seed: int, load_config: Load) -> None:
    config = network(dense(7), {"sigmoid": None}, dense(2), seed=seed)
    config["parameters"] = {"layer0.bias": {"normal": [z, 0.1]}}
    loaded = load(load_config, config)

    checks = checks_of(loaded, sigmoid_by_activation(loaded.problem))

    assert "wrong" not in {c.verdict for c in checks.values()}
    assert {c.reason for c in checks.values() if c.verdict == "undecided"} <= {"precision"}


def test_a_slope_that_loses_digits_is_found_when_it_is_doubled(load_config: Load) -> None:
    config = network(dense(7), {"sigmoid": None}, dense(2))
    config["parameters"] = {"layer0.bias": {"normal": [20.0, 0.1]}}
    loaded = load(load_config, config)

    checks = checks_of(loaded, sigmoid_by_activation(loaded.problem, factor=2.0))

    assert {n for n, c in checks.items() if c.verdict == "wrong"} == {
        "layer0.weight",
        "layer0.bias",
    }


def single(problem: Problem, change: Callable[[dict[str, Array]], None]) -> Problem:
    """Return a problem whose claims are computed in single precision."""

    def claims(probes: Sequence[Probe]) -> Sequence[Claims]:
        rounded = [
            Probe(name=p.name, parameters=_rounded(p.parameters), data=_rounded(p.data))
            for p in probes
        ]
        found = []
        for own in problem.claims(rounded):
            claims = {name: value.astype(np.float32) for name, value in own.items()}
            change(claims)
            found.append(claims)
        return found

    return replace(problem, claims=claims)


def _rounded(arrays: Any) -> dict[str, Array]:
    return {name: value.astype(np.float32).astype(float) for name, value in arrays.items()}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_claims_in_single_precision_are_right(body: tuple[Config, ...], load_config: Load) -> None:
    loaded = load(load_config, network(*body))

    assert verdicts(loaded, single(loaded.problem, lambda claims: None)) == {"right"}


def test_gradients_that_vanish_in_single_precision_are_not_wrong(load_config: Load) -> None:
    loss = {"squared_error": {"scale": 1e-50}}
    loaded = load(load_config, network(dense(7), {"sigmoid": None}, dense(2), loss=loss))
    (claims,) = loaded.problem.claims([loaded.problem.probe(0, 0)])
    assert 0 < np.abs(claims["layer0.bias"]).max() < 1e-45

    checks = checks_of(loaded, single(loaded.problem, lambda claims: None)).values()
    assert {(c.verdict, c.reason) for c in checks} == {("undecided", "precision")}
    assert verdicts(loaded) == {"right"}

    def double(probe: Probe, claims: dict[str, Array]) -> None:
        claims["layer0.bias"] *= 2

    # In double precision nothing is lost.
    assert verdicts(loaded, claiming(loaded.problem, double)) == {"right", "wrong"}


def test_single_precision_hides_no_error_of_a_thousandth(load_config: Load) -> None:
    loaded = load(load_config, network(*BODIES["sigmoid"]))

    def spoil(claims: dict[str, Array]) -> None:
        claims["layer2.weight"] *= np.float32(1.001)

    checks = checks_of(loaded, single(loaded.problem, spoil))

    assert {n for n, c in checks.items() if c.verdict == "wrong"} == {"layer2.weight"}


def test_a_network_computed_in_single_precision_throughout_is_right(load_config: Load) -> None:
    loaded = load(load_config, AT_ZERO | {"parameters": {"*.bias": {"normal": [0, 1]}}})

    def change(probe: Probe, claims: dict[str, Array]) -> None:
        own = {name: value.astype(np.float32) for name, value in probe.parameters.items()}
        x, y = probe.data["x"].astype(np.float32), probe.data["y"].astype(np.float32)
        z = x @ own["layer0.weight"] + own["layer0.bias"]
        a = np.maximum(z, 0)
        dy = np.float32(2 / len(x)) * (a @ own["layer2.weight"] + own["layer2.bias"] - y)
        dz = dy @ own["layer2.weight"].T * (z > 0)
        claims["layer2.weight"], claims["layer2.bias"] = a.T @ dy, dy.sum(axis=0)
        claims["layer0.weight"], claims["layer0.bias"] = x.T @ dz, dz.sum(axis=0)
        assert all(claim.dtype == np.float32 for claim in claims.values())

    assert verdicts(loaded, claiming(loaded.problem, change)) == {"right"}


ZEROS = {
    "one class": network(
        dense(1), loss="cross_entropy", data={"x": {"normal": [0, 1]}, "y": {"classes": 1}}
    ),
    "bias before batch_norm": network(dense(7), {"batch_norm": None}, dense(2)),
    "bias before batch_norm and hinge": network(
        dense(2),
        {"batch_norm": None},
        loss="hinge",
        data={
            "batch": 5,
            "x": {"normal": [0, 1]},
            "y": [[1, -1], [-1, -1], [1, 1], [1, -1], [-1, 1]],
        },
    ),
    "shift of all classes": network(
        dense(6, bias=False),
        {"reshape": {"shape": [3, 2]}},
        {"positional": None},
        {"transpose": {"axes": [2, 1]}},
        {"scale_shift": {"axis": 1}},
        {"softmax": None},
        data={"batch": 5, "x": {"normal": [0, 1]}, "y": "probabilities"},
        loss="kl_divergence",
    ),
    "weight before a norm of length": network(dense(5, bias=False), loss="cosine_similarity"),
    "zero output weights": network(
        dense(7), {"tanh": None}, dense(2), parameters={"layer2.weight": "zeros"}
    ),
    "zero inputs": network(
        dense(7), {"tanh": None}, dense(2), data={"x": {"constant": 0.0}, "y": {"normal": [0, 1]}}
    ),
    "fitted exactly": network(
        dense(2), data={"x": {"normal": [0, 1]}, "y": "zeros"}, parameters={"*": "zeros"}
    ),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("config", ZEROS.values(), ids=ZEROS)
def test_gradients_that_are_zero_for_a_reason_are_right(
    config: Config, seed: int, load_config: Load
) -> None:
    assert verdicts(load(load_config, config | {"seed": seed})) == {"right"}


def test_a_bias_before_batch_norm_that_is_said_to_matter_is_wrong(load_config: Load) -> None:
    loaded = load(load_config, ZEROS["bias before batch_norm"])

    def spoil(probe: Probe, claims: dict[str, Array]) -> None:
        claims["layer0.bias"][3] = 1e-6

    checks = checks_of(loaded, claiming(loaded.problem, spoil))

    assert {n for n, c in checks.items() if c.verdict == "wrong"} == {"layer0.bias"}
    assert checks["layer0.bias"].wrong_entries == 1


L1 = network(dense(7), {"tanh": None}, dense(2), regularization={"l1": 0.3, "parameters": ["*"]})
L1["parameters"] = {"*.bias": "zeros", "layer0.weight": "zeros"}


@pytest.mark.parametrize("at_zero", [-1.0, 0.0, 0.5, 1.0])
def test_every_slope_of_l1_at_zero_is_right(at_zero: float, load_config: Load) -> None:
    loaded = load(load_config, L1)

    def change(probe: Probe, claims: dict[str, Array]) -> None:
        for name, value in probe.parameters.items():
            claims[name][value == 0] += 0.3 * at_zero

    assert verdicts(loaded, claiming(loaded.problem, change)) == {"right"}


def test_l1_at_zero_hides_no_error_beyond_its_slope(load_config: Load) -> None:
    loaded = load(load_config, L1)

    def spoil(probe: Probe, claims: dict[str, Array]) -> None:
        claims["layer0.weight"][2, 5] += 0.3 + 1e-6

    checks = checks_of(loaded, claiming(loaded.problem, spoil), points=1)

    assert checks["layer0.weight"].verdict == "wrong"
    assert checks["layer0.weight"].wrong_entries == 1
    worst = checks["layer0.weight"].worst
    assert worst is not None
    assert worst.index == (2, 5)


def test_penalties_at_a_kink_do_not_blur_entries_away_from_it(load_config: Load) -> None:
    loaded = load(load_config, L1)

    def spoil(probe: Probe, claims: dict[str, Array]) -> None:
        claims["layer2.weight"][1, 1] += 1e-6

    checks = checks_of(loaded, claiming(loaded.problem, spoil), points=1)

    assert {n for n, c in checks.items() if c.verdict == "wrong"} == {"layer2.weight"}
    assert checks["layer2.weight"].wrong_entries == 1


def test_max_pool_ties_are_right(load_config: Load) -> None:
    config = network(
        {"conv2d": {"channels": 2, "kernel": [1]}},
        {"max_pool2d": {"kernel": [2]}},
        {"flatten": None},
        dense(2),
        data={"batch": 5, "x": {"integers": [0, 1]}, "y": {"normal": [0, 1]}},
    )
    config["network"]["inputs"]["x"] = [1, 4, 6]
    loaded = load(load_config, config)

    assert loaded.problem.kinks(loaded.problem.probe(0, 0))
    assert verdicts(loaded) == {"right"}


@pytest.mark.parametrize("loss", ["hinge", "multiclass_hinge"])
def test_predictions_at_the_margin_are_right(loss: str, load_config: Load) -> None:
    """With zero weights and biases of 1 and 0 every other prediction is on the margin."""
    config = network(dense(2, bias=True), loss=loss, parameters={"layer0.weight": "zeros"})
    config["parameters"]["layer0.bias"] = [1, 0]
    labels = [[1, -1], [1, 1], [-1, 1], [1, -1], [1, 1]]
    config["data"]["y"] = labels if loss == "hinge" else [0, 0, 1, 0, 1]
    loaded = load(load_config, config)

    assert loaded.problem.kinks(loaded.problem.probe(0, 0))
    assert verdicts(loaded) == {"right"}


@pytest.mark.parametrize("method", ["complex_step", "differences"])
def test_each_oracle_alone_finds_right_right_and_wrong_wrong(
    method: str, load_config: Load
) -> None:
    loaded = load(load_config, network(*BODIES["gelu"]))

    def spoil(probe: Probe, claims: dict[str, Array]) -> None:
        claims["layer0.bias"] *= 1.001

    spoiled = checks_of(loaded, claiming(loaded.problem, spoil), method=method)

    assert verdicts(loaded, method=method) == {"right"}
    assert {n for n, c in spoiled.items() if c.verdict == "wrong"} == {"layer0.bias"}
    assert {c.method for c in spoiled.values()} == {method}


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_claim_that_is_no_number_is_wrong(value: float, load_config: Load) -> None:
    loaded = load(load_config, network(*BODIES["sigmoid"]))

    def spoil(probe: Probe, claims: dict[str, Array]) -> None:
        claims["layer0.weight"][1, 4] = value

    checks = checks_of(loaded, claiming(loaded.problem, spoil))

    assert {n for n, c in checks.items() if c.verdict == "wrong"} == {"layer0.weight"}
    assert checks["layer0.weight"].wrong_entries == 1
    worst = checks["layer0.weight"].worst
    assert worst is not None
    assert worst.index == (1, 4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_it_is_wrong_too_where_only_a_direction_is_compared(
    value: float, load_config: Load
) -> None:
    loaded = load(load_config, network(*BODIES["sigmoid"]))

    def spoil(probe: Probe, claims: dict[str, Array]) -> None:
        claims["layer0.weight"][1, 4] = value

    checks = checks_of(loaded, claiming(loaded.problem, spoil), mode="quick")

    assert {n for n, c in checks.items() if c.verdict == "wrong"} == {"layer0.weight"}


def test_a_claim_that_is_no_number_next_to_the_point_alone_is_right(load_config: Load) -> None:
    loaded = load(load_config, network(*BODIES["sigmoid"]))
    given = [loaded.problem.probe(k, 0).data["x"] for k in range(3)]

    def spoil(probe: Probe, claims: dict[str, Array]) -> None:
        if not any(np.array_equal(probe.data["x"], x) for x in given):
            claims["layer0.weight"][1, 4] = np.nan

    assert verdicts(loaded, claiming(loaded.problem, spoil)) == {"right"}
