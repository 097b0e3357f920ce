"""Kept results: used while nothing has changed that they depend on, and never after."""

import importlib.machinery
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradcheck import single
from gradcheck.report import Report
from gradcheck.reporter import Style
from gradcheck.reporters.json import REPORTER as JSON
from gradcheck.session import Request, Target, run
from gradcheck.settings import Budget

CONFIG = """\
name: line
network: {inputs: {x: [3]}, layers: [out: {dense: {units: 2}}]}
loss: {squared_error: {factor: 0.5, reduction: sum}}
data: {batch: 5, x: {normal: [0, 1]}, y: DATA}
gradients: GRADIENTS
check: {mode: quick, points: 1}
"""
NORMAL = "{normal: [0, 1]}"
FORMULAS = "{backward: 'grad.out.weight = x.T @ (yhat - y)\n\n  grad.out.bias = sum(yhat - y, 0)'}"
BACKWARD = """\
import factors
import numpy as np
def backward(params, inputs, targets):
    delta = inputs["x"] @ params["out.weight"] + params["out.bias"] - targets["y"]
    offset = np.load("offset.npy")
    weight = inputs["x"].T @ delta * factors.ONE
    return {"out.weight": weight + offset, "out.bias": delta.sum(axis=0)}
"""

Check = Callable[..., tuple[str, int]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Check all configs of the folder, and give the report with the number of problems checked."""
    monkeypatch.chdir(tmp_path)
    counted: list[str] = []
    report_of = single.report_of

    def counting(*arguments: Any, **options: Any) -> Any:
        report = report_of(*arguments, **options)
        counted.append(report.name)
        return report

    monkeypatch.setattr(single, "report_of", counting)

    def checked(**settings: Any) -> tuple[str, int]:
        counted.clear()
        targets = [Target(path=p, name=p.name) for p in sorted(Path().glob("*.yaml"))]
        asked = {"cache": Path("kept"), **settings}
        report = run(Request(targets=targets, **asked))
        return JSON.render(report, Style()), len(counted)

    return checked


def write(name: str, gradients: str = FORMULAS, data: str = NORMAL) -> None:
    Path(name).write_text(CONFIG.replace("GRADIENTS", gradients).replace("DATA", data))


def verdicts(written: str) -> list[str]:
    return [problem["verdict"] for problem in json.loads(written)["problems"]]


def test_the_second_report_is_the_first_byte_for_byte_and_costs_nothing(check: Check) -> None:
    write("a.yaml")
    write("b.yaml", FORMULAS.replace("(yhat - y)", "(y - yhat)"))
    first, computed = check()
    assert computed == 2
    assert verdicts(first) == ["right", "wrong"]
    assert check() == (first, 0)


def test_only_what_has_changed_is_checked_again_and_stays_in_its_place(check: Check) -> None:
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        write(name)
    check()
    write("b.yaml", FORMULAS.replace("(yhat - y)", "(y - yhat)"))
    written, computed = check()
    assert computed == 1
    assert verdicts(written) == ["right", "wrong", "right"]


@pytest.mark.parametrize(
    "settings",
    [
        {"seed": 5},
        {"mode": "full"},
        {"points": 2},
        {"method": "differences"},
        {"budget": Budget(evaluations=5000)},
        {"rtol": 0.5},
        {"only": ("out.bias",)},
        {"expect": True},
        {"cache": None},
        {"pictures": True},
    ],
)
def test_what_is_asked_otherwise_is_checked_again(check: Check, settings: dict[str, Any]) -> None:
    write("a.yaml")
    check()
    assert check(**settings)[1] == 1
    assert check()[1] == 0


def test_a_data_file_that_changes_makes_a_result_stale(check: Check) -> None:
    values = np.linspace(-1, 1, 10).reshape(5, 2)
    np.save("y.npy", values)
    write("a.yaml", data="{file: y.npy}")
    first, _ = check()
    assert json.loads(first)["problems"][0]["files"] == ["y.npy"]
    assert check()[1] == 0
    np.save("y.npy", values * 3)
    assert check()[1] == 1


def test_everything_that_python_reads_makes_a_result_stale(check: Check) -> None:
    Path("factors.py").write_text("ONE = 1.0\n")
    Path("back.py").write_text(BACKWARD)
    np.save("offset.npy", np.zeros((3, 2)))
    write("a.yaml", "{python: 'back.py:backward'}")
    first, _ = check()
    assert verdicts(first) == ["right"]
    files = json.loads(first)["problems"][0]["files"]
    assert {"back.py", "factors.py", "offset.npy"} == {*files}
    assert check()[1] == 0
    Path("factors.py").write_text("ONE = 10\n")
    written, computed = check()
    assert (verdicts(written), computed) == (["wrong"], 1)
    Path("factors.py").write_text("ONE = 1.0\n")
    assert check()[0] == first
    np.save("offset.npy", np.ones((3, 2)))
    assert verdicts(check()[0]) == ["wrong"]


def test_another_version_checks_again(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.yaml")
    check()
    monkeypatch.setattr("gradcheck.cache.__version__", "9.9")
    assert check()[1] == 1


def test_another_numpy_checks_again(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.yaml")
    check()
    folder = Path("elsewhere/numpy")
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "version.py").write_text('version = "9.9"\n')
    found = importlib.machinery.PathFinder.find_spec("numpy", [str(folder.parent.resolve())])
    monkeypatch.setattr("gradcheck.cache.find_spec", lambda name: found)
    assert check()[1] == 1
    assert check()[1] == 0


def test_what_failed_or_went_by_chance_or_the_clock_is_not_kept(check: Check) -> None:
    write("a.yaml", "{backward: 'nonsense('}")
    Path("back.py").write_text(
        "import random\ndef backward(p, i, t):\n"
        "    return {k: v * random.random() for k, v in p.items()}\n"
    )
    write("b.yaml", "{python: 'back.py:backward'}")
    assert check()[1] == check()[1] == 2
    Path("a.yaml").unlink()
    Path("b.yaml").unlink()
    write("c.yaml")
    timed = {"budget": Budget(seconds=100.0), "cache": Path("kept")}
    targets = [Target(path=Path("c.yaml"), name="c.yaml")]
    for _ in range(2):
        report = run(Request(targets=targets, **timed), clock=lambda: 0.0)  # type: ignore[arg-type]
        assert report.problems[0].files is None


def test_a_damaged_entry_is_computed_again(check: Check) -> None:
    write("a.yaml")
    first, _ = check()
    (entry,) = Path("kept").rglob("*.json")
    for text in ("", "{}", '{"files": {}, "problems": [{"name": 3}]}', "[]"):
        entry.write_text(text)
        assert check() == (first, 1)


def test_the_folder_keeps_itself_out_of_version_control(check: Check) -> None:
    write("a.yaml")
    check()
    assert Path("kept/.gitignore").read_text() == "*\n"


def test_an_interrupted_run_keeps_what_was_finished(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        write(name)
    report_of = single.report_of

    def interrupted(loaded: Any, target: Target, *rest: Any) -> Any:
        if target.name == "b.yaml":
            raise KeyboardInterrupt
        return report_of(loaded, target, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(single, "report_of", interrupted)
        written, _ = check()
    assert verdicts(written) == ["right"]
    assert "interrupted" in json.loads(written)["remarks"][0]
    assert check()[1] == 2
    write("b.yaml", FORMULAS.replace("(yhat - y)", "(y - yhat)"))
    with monkeypatch.context() as patch:
        patch.setattr(single, "report_of", interrupted)
        written, _ = check()
    # What is kept of the others is reported though they come after the interrupt.
    assert [p["target"] for p in json.loads(written)["problems"]] == ["a.yaml", "c.yaml"]


def test_workers_give_the_same_report_with_and_without(check: Check) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for name in ("a.yaml", "b.yaml", "c.yaml"):
        write(name)
    first, _ = check(cache=None)
    targets = [Target(path=p, name=p.name) for p in sorted(Path().glob("*.yaml"))]
    reports: list[Report] = []
    for _ in range(2):
        with ThreadPoolExecutor(2) as pool:
            reports.append(run(Request(targets=targets, cache=Path("kept")), executor=pool))
    assert [JSON.render(report, Style()) for report in reports] == [first, first]
    assert check() == (first, 0)
