"""Fixes on the command line: what --diff prints and --fix writes."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.cli import main
from gradcheck.cli._fixes import apply
from gradcheck.cli._stdout import Failure
from gradcheck.session import Request, Target, run

CONFIG = """\
network:
  inputs: {x: [3]}
  layers:
    - hidden: {dense: {units: 5}}
    - hidden_out: tanh
    - output: {dense: {units: 2}}
loss: {squared_error: {factor: 0.5}}
data: {batch: 7, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
gradients:
  backward: |
    delta = (y - yhat) / m          # the wrong way round
    d_hidden = delta @ output.weight.T * tanh_prime(hidden_out)
    grad.output.weight = hidden_out.T @ delta
    grad.output.bias = delta.sum(axis=0)
    grad.hidden.weight = x.T @ d_hidden
    grad.hidden.bias = d_hidden.sum(axis=0)
"""
FIXED = CONFIG.replace("y - yhat", "yhat - y").replace("(hidden_out)\n", "(hidden)\n")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_bytes(CONFIG.encode())
    return path


def test_fix_mends_the_file_keeps_a_backup_and_checks_again(config: Path) -> None:
    done = CliRunner().invoke(main, ["check", str(config), "--fix"])
    assert done.exit_code == 0, done.output
    assert config.read_text("utf-8") == FIXED
    assert config.with_name("net.yaml.bak").read_text("utf-8") == CONFIG
    assert "fixed 2 lines of" in " ".join(done.output.split())
    assert done.output.startswith("right: ")


def test_fix_mends_what_other_processes_checked(config: Path) -> None:
    other = config.with_name("other.yaml")
    other.write_bytes(config.read_bytes())
    done = CliRunner().invoke(main, ["check", str(config), str(other), "--fix", "--jobs", "2"])
    assert done.exit_code == 0, done.output
    assert config.read_text("utf-8") == other.read_text("utf-8") == FIXED
    assert "2 problems: 2 right" in done.output


def test_diff_prints_the_fixes_and_writes_nothing(config: Path) -> None:
    done = CliRunner().invoke(main, ["check", str(config), "--diff"])
    assert done.exit_code == 1
    added = [row[1:] for row in done.output.splitlines() if row.startswith("+") and row[1] != "+"]
    removed = [row[1:] for row in done.output.splitlines() if row.startswith("-") and row[1] != "-"]
    assert added == [row for row in FIXED.splitlines() if row not in CONFIG.splitlines()]
    assert removed == [row for row in CONFIG.splitlines() if row not in FIXED.splitlines()]
    assert config.read_text("utf-8") == CONFIG
    assert list(config.parent.iterdir()) == [config]


def test_a_gradient_that_does_not_fit_its_only_parameter_is_fixed(config: Path) -> None:
    right = MARGIN.replace("1 - score > 0", "1 - score * y > 0")
    right = right.replace("    grad.score.bias = delta.sum(axis=0)\n", "")
    config.write_text(right.replace("x.T @ delta", "delta.T @ x"), "utf-8")
    done = CliRunner().invoke(main, ["check", str(config), "--fix", "--only", "score.weight"])
    assert done.exit_code == 0, done.output


MARGIN = """\
network:
  inputs: {x: [2]}
  layers:
    - score: {dense: {units: 1}}
loss: {hinge: {reduction: sum}}
data:                           # the first score is 1, exactly at the margin
  x: [[0.5, 0.25], [2, 1], [-1, 3], [-2, -1], [1, -3]]
  y: [[1], [1], [-1], [-1], [1]]
parameters:
  score.weight: [[2], [0]]
  score.bias: [0]
gradients:
  backward: |
    delta = where(1 - score > 0, -y, 0)
    grad.score.weight = x.T @ delta
    grad.score.bias = delta.sum(axis=0)
"""


def test_a_kink_at_the_given_point_hides_no_fix(config: Path) -> None:
    config.write_text(MARGIN, "utf-8")
    done = CliRunner().invoke(main, ["check", str(config), "--fix"])
    assert done.exit_code == 0, done.output
    assert config.read_text("utf-8") == MARGIN.replace("1 - score > 0", "1 - score * y > 0")


def test_a_second_backup_does_not_replace_the_first(config: Path) -> None:
    config.with_name("net.yaml.bak").write_text("mine", "utf-8")
    assert CliRunner().invoke(main, ["check", str(config), "--fix"]).exit_code == 0
    assert config.with_name("net.yaml.bak").read_text("utf-8") == "mine"
    assert config.with_name("net.yaml.bak1").read_text("utf-8") == CONFIG


def test_line_ends_stay_as_they_are(config: Path) -> None:
    config.write_bytes(CONFIG.replace("\n", "\r\n").encode())
    assert CliRunner().invoke(main, ["check", str(config), "--fix"]).exit_code == 0
    assert config.read_bytes() == FIXED.replace("\n", "\r\n").encode()


def test_a_file_that_changed_meanwhile_is_not_touched(config: Path) -> None:
    with_fix = run(Request(targets=[Target(path=config, name=str(config))]))
    config.write_text(CONFIG.replace("delta = (", "delta = 2 * ("), "utf-8")
    with pytest.raises(Failure, match="has changed since it was checked, at line 11"):
        apply(with_fix)
    assert list(config.parent.iterdir()) == [config]


def test_right_formulas_are_left_alone(config: Path) -> None:
    config.write_text(FIXED, "utf-8")
    done = CliRunner().invoke(main, ["check", str(config), "--fix"])
    assert done.exit_code == 0
    assert config.read_text("utf-8") == FIXED
    assert list(config.parent.iterdir()) == [config]


def test_advice_without_a_fix_speaks_of_the_networks_own_activation(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "network: {inputs: {x: [3]}, layers: [{h: {dense: {units: 5}}}, {a: tanh}, "
        "{out: {dense: {units: 2}}}]}\n"
        "loss: squared_error\n"
        "data: {batch: 7, x: {normal: [0, 1]}, y: {normal: [0, 1]}}\n"
        "gradients: {faults: [ACT04@a]}\n",
        "utf-8",
    )
    done = CliRunner().invoke(main, ["check", str(path)])
    assert "write `dZ1 = dA1 * tanh_prime(Z1)`, not `dZ1 = dA1 * tanh(Z1)`" in " ".join(
        done.output.split()
    )
