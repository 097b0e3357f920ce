"""The pytest plugin, in projects of its own: configs as tests, the fixture, and the wheel."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[1]

CONFIG = """
network:
  inputs: {x: [3]}
  layers:
    - hidden: {dense: {units: 5}}
    - act: tanh
    - output: {dense: {units: 2}}
loss: squared_error
data: {batch: 7, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
"""

TESTS = """
import numpy as np
from gradcheck import assert_gradients as check

X = np.random.default_rng(0).normal(size=(5, 3))

class Dense:
    def __init__(self):
        self.W, self.b = np.random.default_rng(1).normal(size=(3, 2)), np.ones(2)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW, self.db = self.x.T @ dy, dy.mean(axis=0)
        return dy @ self.W.T

def loss(p):
    return np.sum((X @ p["w"]) ** 2)

def gradients(p):
    return {"w": 2 * X.T @ X @ p["w"]}

def test_right(assert_gradients):
    assert_gradients(loss, {"w": np.ones((3, 2))}, gradients)

def test_wrong(assert_gradients):
    assert_gradients(Dense(), inputs=X)

def test_imported():
    check(loss, {"w": np.ones((3, 2))}, gradients)
"""


def _run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess(
        "-p", "gradcheck.pytest_plugin", "-p", "no:gradcheck", "-p", "no:cacheprovider", *arguments
    )


def _project(pytester: pytest.Pytester, *lines: str) -> None:
    settings = "\n".join(["[pytest]", "gradcheck_configs = nets/*.yaml", *lines])
    pytester.makefile(".ini", pytest=settings)
    folder = pytester.mkdir("nets")
    (folder / "good.yaml").write_text(CONFIG)
    (folder / "bad.yaml").write_text(CONFIG + "gradients: {faults: [BIA02@output]}\n")


def test_each_layer_of_each_matching_config_is_an_item(pytester: pytest.Pytester) -> None:
    _project(pytester)
    pytester.path.joinpath("other.yaml").write_text(CONFIG)
    result = _run(pytester, "--collect-only", "-q")
    collected = [line.partition("::")[2] for line in result.outlines if "::" in line]
    assert sorted(collected) == ["bad[hidden]", "bad[output]", "good[hidden]", "good[output]"]


def test_a_wrong_layer_fails_with_the_fault_and_the_parameter(pytester: pytest.Pytester) -> None:
    _project(pytester)
    result = _run(pytester, "-rA")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*error?BIA02?*", "*gradient of output.bias*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_workers_of_xdist_share_the_items(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    _project(pytester)
    _run(pytester, "-n", "2").assert_outcomes(passed=3, failed=1)


def test_a_config_that_can_not_be_read_fails_with_its_line(pytester: pytest.Pytester) -> None:
    _project(pytester)
    pytester.path.joinpath("nets/bad.yaml").write_text(CONFIG + "lost: 3\n")
    result = _run(pytester)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*'lost'*"])


SLOW = """
import time
def backward(params, inputs, targets):
    time.sleep(30)
"""


def test_calls_take_no_longer_than_the_timeout(pytester: pytest.Pytester) -> None:
    _project(pytester, "gradcheck_timeout = 0.5")
    pytester.path.joinpath("nets/slow.py").write_text(SLOW)
    pytester.path.joinpath("nets/bad.yaml").write_text(
        CONFIG + "gradients: {python: slow.py:backward}\n"
    )
    result = _run(pytester)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["*longer than 0.5 s, its timeout*"])


def test_a_timeout_that_is_none_is_refused(pytester: pytest.Pytester) -> None:
    _project(pytester, "gradcheck_timeout = long")
    result = _run(pytester)
    result.stdout.fnmatch_lines(["*expected seconds, such as 30, found 'long'*"])


def test_expectations_decide_where_they_are_asked_for(pytester: pytest.Pytester) -> None:
    _project(pytester, "gradcheck_expect = true")
    bad = pytester.path / "nets/bad.yaml"
    bad.write_text(bad.read_text() + "expect: {verdict: wrong, codes: [BIA02]}\n")
    _run(pytester).assert_outcomes(passed=2)
    bad.write_text(bad.read_text().replace("codes: [BIA02]", "codes: [SGN01]"))
    _run(pytester).assert_outcomes(passed=1, failed=1)


def test_what_is_in_a_baseline_does_not_fail_and_what_is_gone_does(
    pytester: pytest.Pytester,
) -> None:
    _project(pytester)
    made = pytester.run(
        sys.executable, "-m", "gradcheck", "baseline", "create", "--baseline", "known.json", "nets"
    )
    assert made.ret == 0, made.outlines
    _run(pytester, "--gradcheck-baseline", "known.json").assert_outcomes(passed=6)
    (pytester.path / "nets/bad.yaml").write_text(CONFIG)
    result = _run(pytester, "--gradcheck-baseline", "known.json")
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*bad?baseline?*"])


def test_a_baseline_that_is_not_there_is_a_usage_error(pytester: pytest.Pytester) -> None:
    _project(pytester)
    result = _run(pytester, "--gradcheck-baseline", "nowhere.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_the_fixture_fails_with_the_diagnosis(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_mine=TESTS)
    result = _run(pytester)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*BIA02*", "*gradient of b*"])


def test_the_plugin_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    code = (
        "import sys, gradcheck.pytest_plugin;"
        "print(sorted({'numpy', 'yaml', 'click', 'rich'} & set(sys.modules)))"
    )
    assert pytester.run(sys.executable, "-c", code).outlines == ["[]"]


@pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None or importlib.util.find_spec("pip") is None,
    reason="no wheel can be built here: hatchling or pip is missing",
)
def test_the_plugin_of_an_installed_wheel_works_in_a_fresh_project(
    pytester: pytest.Pytester,
) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-index"]
    wheels, site = pytester.path / "wheels", pytester.path / "site"
    for command in (
        ["wheel", *options, "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT)],
        ["install", *options, "--target", str(site), "--find-links", str(wheels), "gradcheck"],
    ):
        subprocess.run([*pip, *command], check=True, capture_output=True)
    project = pytester.mkdir("project")
    (project / "test_mine.py").write_text(TESTS)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", "."],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "1 failed, 2 passed" in result.stdout, result.stdout
    assert "BIA02" in result.stdout
    assert "gradient of b" in result.stdout
