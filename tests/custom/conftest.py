"""Configs of networks with ops of one's own, checked."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from gradcheck.config.claims import Policy
from gradcheck.report import ProblemReport
from gradcheck.session import Request, Target, run

Config = dict[str, Any]
Checked = Callable[..., ProblemReport]

BACKWARD = """\
d = yhat - y
grad.out.weight = act.T @ d
grad.out.bias = d.sum(axis=0)
dz = {dz}
grad.hidden.weight = x.T @ dz
grad.hidden.bias = dz.sum(axis=0)
"""


@pytest.fixture
def network() -> Callable[..., Config]:
    """A network with a layer of one's own in the middle, and what else a config has."""

    def made(act: Config | str, dz: str | None = None, **more: Any) -> Config:
        layers = [
            {"hidden": {"dense": {"units": 5}}},
            {"act": {"expression": act} if isinstance(act, str) else act},
            {"out": {"dense": {"units": 2}}},
        ]
        config: Config = {
            "network": {"inputs": {"x": [3]}, "layers": layers},
            "loss": {"squared_error": {"factor": 0.5, "reduction": "sum"}},
            "data": {"batch": 7, "x": {"normal": [0, 1]}, "y": {"normal": [0, 1]}},
        }
        if dz is not None:
            config["gradients"] = {"backward": BACKWARD.format(dz=dz)}
        return {**config, **more}

    return made


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """Check one config, beside `own.py` if there is one."""

    def check(config: Config, policy: Policy | None = None, **settings: Any) -> ProblemReport:
        path = tmp_path / "c.yaml"
        path.write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
        target = Target(path=path, name="c.yaml")
        request = Request(targets=[target], policy=policy or Policy(), **settings)
        (problem,) = run(request).problems
        return problem

    return check


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], None]:
    """Write the user's module."""

    def write(text: str) -> None:
        (tmp_path / "own.py").write_text(f"import numpy as np\n\n{text}", "utf-8")

    return write
