"""Python layers of configs that compute in single precision."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from gradcheck.cli import main

CODE = """
import numpy as np

def forward(x, W, b):
    x, W, b = (a.astype(np.float32) for a in (x, W, b))
    return np.tanh(x @ W + b)

def backward(dy, x, W, b):
    y = np.tanh(x @ W + b)
    d = dy * (1 - y**2)
    return d @ W.T, x.T @ d, d.sum(axis=0)
"""

CONFIG = """
seed: {seed}
network:
  inputs: {{x: [5]}}
  layers:
    - mine:
        python: own.py:forward
        backward: own.py:backward
        parameters: {{W: [5, 3], b: [3]}}
loss: {{squared_error: {{reduction: sum}}}}
data: {{batch: 7, x: {{normal: [0, 1]}}, y: {{normal: [0, 1]}}}}
check: {{points: 1}}
"""


@pytest.mark.parametrize("seed", [1, 2])
def test_a_right_layer_in_single_precision_is_not_called_wrong(tmp_path: Path, seed: int) -> None:
    (tmp_path / "own.py").write_text(CODE, "utf-8")
    config = tmp_path / "own.yaml"
    config.write_text(CONFIG.format(seed=seed), "utf-8")
    result = CliRunner().invoke(main, ["check", str(config), "--no-cache"])
    assert result.exit_code in (0, 3), result.output
    assert "CHK01" in result.output
