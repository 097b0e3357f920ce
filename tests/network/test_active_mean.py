"""A loss averaged over the places that are no padding, whatever stands elsewhere."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.claims import Policy
from gradcheck.config.load import Loaded, Loader
from gradcheck.config.opening import Failed
from gradcheck.problem import Moves
from gradcheck.referee import check

Load = Callable[[str], Loaded]

PADDED = """
network:
  inputs: {x: [5, 2]}
  layers:
    - logits: {dense: {units: 3}}
loss: {cross_entropy: {ignore: -1, reduction: REDUCTION, scale: 1.5, offset: 0.25}}
data:
  x: {normal: [0, 1]}
  batch: 7
  y:
    - [0, 2, 1, -1, -1]
    - [1, 1, -1, -1, -1]
    - [2, 0, 0, 2, 1]
    - [-1, -1, -1, -1, -1]
    - [0, -1, -1, -1, -1]
    - [1, 2, -1, -1, -1]
    - [2, 1, 0, -1, -1]
GRADIENTS
"""
COUNTING = 3 + 2 + 5 + 0 + 1 + 2 + 3

HAND = """
gradients:
  backward: |
    counted = y != -1
    delta = (softmax(logits) - one_hot(where(counted, y, 0), 3)) * counted[:, :, np.newaxis]
    grad.logits.weight = x.reshape(-1, 2).T @ delta.reshape(-1, 3) * 1.5 / DIVISOR
    grad.logits.bias = delta.sum(axis=(0, 1)) * 1.5 / DIVISOR
"""


def padded(reduction: str, gradients: str = "") -> str:
    return PADDED.replace("REDUCTION", reduction).replace("GRADIENTS", gradients)


def loss_of(loaded: Loaded) -> float:
    probe = loaded.problem.probe(0, 0)
    still = Moves(parameter="logits.bias", scale=np.zeros(1), indices=np.zeros(1, dtype=int))
    return float(loaded.problem.plain(probe, still, np.zeros(1))[0][0, 0].real)


def by_hand(loaded: Loaded) -> float:
    probe = loaded.problem.probe(0, 0)
    own, y = probe.parameters, probe.data["y"].astype(int)
    logits: Array = probe.data["x"] @ own["logits.weight"] + own["logits.bias"]
    logarithms = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    rows = [logarithms[n, t, y[n, t]] for n in range(7) for t in range(5) if y[n, t] >= 0]
    return -1.5 * float(np.mean(rows)) + 0.25


def test_the_mean_is_over_the_places_that_count(load_config: Load) -> None:
    loaded = load_config(padded("active_mean"))

    assert loss_of(loaded) == pytest.approx(by_hand(loaded), rel=1e-14)


def test_it_is_another_mean_than_those_over_everything(load_config: Load) -> None:
    each = {
        reduction: loss_of(load_config(padded(reduction))) - 0.25
        for reduction in ("sum", "batch_mean", "element_mean", "active_mean")
    }

    divisors = {reduction: each["sum"] / loss for reduction, loss in each.items()}
    assert divisors == pytest.approx(
        {"sum": 1, "batch_mean": 7, "element_mean": 35, "active_mean": COUNTING}
    )


@pytest.mark.parametrize("mode", ["quick", "full", "exhaustive"])
def test_gradients_are_right_if_they_divide_by_the_places_that_count(
    mode: str, load_config: Load
) -> None:
    right = load_config(padded("active_mean", HAND.replace("DIVISOR", "counted.sum()")))
    wrong = load_config(padded("active_mean", HAND.replace("DIVISOR", "counted.size")))

    for loaded, verdict in ((right, "right"), (wrong, "wrong")):
        settings = replace(loaded.settings, mode=mode)  # type: ignore[arg-type]
        found = check(loaded.problem, settings).checks
        assert [entry.verdict for entry in found] == [verdict, verdict]
    if mode != "quick":
        ratios = [entry.ratio for entry in found]
        assert ratios == pytest.approx([COUNTING / 35] * 2, rel=1e-8)


def test_our_own_backprop_divides_by_them_too(load_config: Load) -> None:
    loaded = load_config(padded("active_mean"))

    assert {entry.verdict for entry in check(loaded.problem, loaded.settings).checks} == {"right"}


def failure(tmp_path: Path, text: str) -> str:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    (failed,) = Loader(ops=OPS, faults=FAULTS, policy=Policy()).load(path, path.name)
    assert isinstance(failed, Failed)
    return str(failed.error)


def test_a_loss_that_knows_no_padding_is_refused(tmp_path: Path) -> None:
    text = padded("active_mean").replace("cross_entropy: {ignore: -1,", "squared_error: {")

    message = failure(tmp_path, text)

    assert "squared_error knows none; say element_mean" in message
    assert message.startswith("config.yaml:6:")


def test_a_batch_of_nothing_but_padding_has_no_mean(load_config: Load) -> None:
    text = padded("active_mean")
    head = text.partition("  y:")[0]
    loaded = load_config(head + "  y: {shape: [5], constant: -1}\n")

    with pytest.raises(Exception, match="every place of the target is padding"):
        check(loaded.problem, loaded.settings)
