"""A cluster's executor: Dask's runs the same checks, unchanged."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gradcheck.reporter import Style
from gradcheck.reporters.json import REPORTER as JSON
from gradcheck.session import Request, Target, run

distributed = pytest.importorskip(
    "distributed", reason="Dask is not installed; pip install 'gradcheck[dask]' has it tested"
)

pytestmark = pytest.mark.filterwarnings("default")  # Dask's own warnings are not ours to mend.

CONFIG = """\
network:
  inputs: {x: [67]}
  layers:
    - hidden: {dense: {units: 71}}
    - hidden_out: tanh
    - output: {dense: {units: 3}}
loss: squared_error
data: {batch: 5, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
check: {points: 1}
"""


@pytest.fixture(scope="module")
def executor() -> Iterator[Any]:
    """The executor of a cluster of two processes on this machine."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client.get_executor()


@pytest.fixture
def targets(tmp_path: Path) -> list[Target]:
    found = []
    for name, claims in (("right", ""), ("wrong", "gradients: {faults: [SGN01]}\n")):
        path = tmp_path / f"{name}.yaml"
        path.write_text(CONFIG + claims, "utf-8")
        found.append(Target(path=path, name=path.name))
    return found


def test_problems_are_checked_on_a_cluster(executor: Any, targets: list[Target]) -> None:
    request = Request(targets=targets)
    report = run(request, executor=executor)

    assert [problem.verdict for problem in report.problems] == ["right", "wrong"]
    assert JSON.render(report, Style()) == JSON.render(run(request), Style())


def test_a_large_parameter_is_divided_on_a_cluster(executor: Any, targets: list[Target]) -> None:
    request = Request(targets=targets[:1], mode="exhaustive")
    report = run(request, executor=executor)

    assert report.problems[0].entries_checked == 67 * 71 + 71 + 71 * 3 + 3
    assert JSON.render(report, Style()) == JSON.render(run(request), Style())
