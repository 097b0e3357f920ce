"""The power that a config demands of its check, and the command that tells it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gradcheck.cli import main

CONFIG = """
network:
  inputs: {{x: [5]}}
  layers:
    - hidden: {{dense: {{units: 11}}}}
    - hidden_out: tanh
    - output: {{dense: {{units: 3}}}}
loss: {{squared_error: {{factor: 0.5}}}}
data: {{batch: {batch}, x: {{normal: [0, 1]}}, y: {{normal: [0, 1]}}}}
check: {{power: {power}}}
"""


@pytest.fixture
def call(tmp_path: Path) -> Callable[..., Result]:
    """Return what runs a command on a config."""

    def run(command: str, *options: str, batch: int, power: float = 0.0) -> Result:
        path = tmp_path / "net.yaml"
        path.write_text(CONFIG.format(batch=batch, power=power), "utf-8")
        return CliRunner().invoke(main, [command, str(path), *options])

    return run


def test_a_check_that_is_blinder_than_demanded_is_undecided(call: Callable[..., Result]) -> None:
    done = call("check", "--format", "json", batch=1, power=0.99)
    assert done.exit_code == 3
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["verdict"] == "undecided"
    (finding,) = problem["findings"]
    assert finding["code"] == "CHK18"
    assert any("shows with a batch of 7" in line for line in finding["evidence"])


def test_a_check_that_sees_enough_is_right(call: Callable[..., Result]) -> None:
    assert call("check", batch=7, power=0.99).exit_code == 0
    assert call("check", batch=1, power=0.2).exit_code == 0


def test_power_tells_what_would_go_unseen_and_why(call: Callable[..., Result]) -> None:
    text = call("power", batch=1).output
    assert "unseen: AVG01 at loss" in text
    assert "shows with a batch of 7" in text
    figures = json.loads(call("power", "--json", batch=1).output)["problems"][0]
    assert figures["power"] == figures["visible"] / (figures["visible"] + len(figures["hidden"]))
    assert {"AVG01", "AVG19"} <= {hidden["code"] for hidden in figures["hidden"]}


def test_power_fails_below_what_is_asked_for(call: Callable[..., Result]) -> None:
    assert call("power", "--at-least", "0.99", batch=1).exit_code == 1
    assert call("power", "--at-least", "0.99", batch=7).exit_code == 0


@pytest.mark.parametrize("power", [1.5, -1])
def test_a_share_beyond_one_is_refused(power: float, call: Callable[..., Result]) -> None:
    assert call("check", batch=7, power=power).exit_code == 2
