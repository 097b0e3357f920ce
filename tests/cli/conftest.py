"""A folder of configs, and commands run in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gradcheck.cli import main

RIGHT = """\
name: right one
network:
  inputs: {x: [2]}
  layers:
    - output: {dense: {units: 3}}
loss: {squared_error: {factor: 0.5, reduction: sum}}
data: {batch: 5, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
gradients:
  backward: |
    grad.output.weight = x.T @ (yhat - y)
    grad.output.bias = (yhat - y).sum(axis=0)
check: {mode: quick, points: 1}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in a folder with configs that are right, wrong and broken."""
    monkeypatch.chdir(tmp_path)
    for variable in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    wrong = RIGHT.replace("x.T @ (yhat - y)", "x.T @ (y - yhat)").replace("right", "wrong")
    (tmp_path / "right.yaml").write_text(RIGHT)
    (tmp_path / "wrong.yaml").write_text(wrong)
    (tmp_path / "broken.yaml").write_text(
        RIGHT.replace("dense", "dnese").replace("right", "broken")
    )
    return tmp_path


@pytest.fixture
def run(folder: Path) -> Callable[..., Result]:
    """Run a command in the folder of configs."""

    def run(*arguments: str, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(main, arguments, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
