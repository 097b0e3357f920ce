"""Runs spread over workers: the same report as without, whatever the workers do."""

import pickle
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck import dispatch, problem, referee, session, single, tasks
from gradcheck.dispatch import Defect
from gradcheck.errors import WorkerError
from gradcheck.referee import Work, blocks
from gradcheck.referee.blocks import Portion
from gradcheck.report import Report
from gradcheck.reporter import Style
from gradcheck.reporters.json import REPORTER as JSON
from gradcheck.session import Request, Target
from gradcheck.settings import Budget
from gradcheck.tasks import Task

NETWORK: dict[str, Any] = {
    "network": {
        "inputs": {"x": [5]},
        "layers": [
            {"hidden": {"dense": {"units": 7}}},
            {"hidden_out": "relu"},
            {"output": {"dense": {"units": 3}}},
        ],
    },
    "loss": "squared_error",
    "data": {"batch": 2, "x": {"normal": [0, 1]}, "y": {"normal": [0, 1]}},
}
AT_KINKS = {**NETWORK, "parameters": {"hidden.bias": "zeros", "hidden.weight": "zeros"}}
WRONG = {**NETWORK, "gradients": {"faults": ["SGN01"]}}
BROKEN = {**NETWORK, "loss": "squared_eror"}


def with_own(layer: dict[str, Any]) -> dict[str, Any]:
    """Put a layer of the user's into the network."""
    hidden, _, output = NETWORK["network"]["layers"]
    return {**NETWORK, "network": {**NETWORK["network"], "layers": [hidden, layer, output]}}


EXPRESSION = with_own({"act": {"expression": "maximum(z, 0.1 * z)"}})
FUNCTION = with_own({"act": {"python": "own.py:forward", "backward": "own.py:backward"}})
OWN = """
import numpy as np

def forward(x):
    return np.log1p(x.real.astype(float) ** 2), x

def backward(dy, x):
    return dy * 2 * x / (1 + x**2)
"""


class Later(Future[Any]):
    """A future that is made, after a trip through pickle, when its result is asked for."""

    def __init__(self, executor: "Elsewhere", call: bytes) -> None:
        super().__init__()
        self.executor, self.call = executor, call

    def result(self, timeout: float | None = None) -> Any:
        while not self.done():
            self.executor.work()
        return super().result(timeout)

    def make(self) -> None:
        if not self.set_running_or_notify_cancel():
            return
        function, args = pickle.loads(self.call)
        try:
            self.set_result(pickle.loads(pickle.dumps(function(*args))))
        except Exception as error:
            self.set_exception(pickle.loads(pickle.dumps(error)))


class Elsewhere(Executor):
    """An executor without processes that does its work in an order of its own."""

    def __init__(self, order: Callable[[int], int] = lambda waiting: 0) -> None:
        self.order = order
        self.waiting: list[Later] = []
        self.calls: list[Any] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Later:
        assert not kwargs
        call = pickle.dumps((fn, args))
        self.calls.append(args)
        self.waiting.append(Later(self, call))
        return self.waiting[-1]

    def work(self) -> None:
        self.waiting.pop(self.order(len(self.waiting)) % len(self.waiting)).make()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("configs")
    (path / "own.py").write_text(OWN, "utf-8")
    return path


def request_of(folder: Path, *documents: Any, **settings: Any) -> Request:
    """Write each document, or list of documents, into a file of its own."""
    targets = []
    for number, found in enumerate(documents):
        path = folder / f"config{number}.yaml"
        several = found if isinstance(found, list) else [found]
        path.write_text(yaml.safe_dump_all(several, sort_keys=False), "utf-8")
        targets.append(Target(path=path, name=path.name))
    return Request(targets=targets, **settings)


def rendered(report: Report) -> str:
    return JSON.render(report, Style())


DOCUMENTS = [NETWORK, [WRONG, BROKEN], BROKEN]


@settings(max_examples=8)
@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=7),
    st.permutations(range(3)),
    st.sampled_from(["quick", "full", "exhaustive"]),
    st.booleans(),
)
def test_the_report_is_the_same_whoever_does_the_work_and_in_whatever_order(
    folder: Path, order: list[int], documents: list[int], mode: str, fail_fast: bool
) -> None:
    request = request_of(
        folder, *(DOCUMENTS[k] for k in documents), mode=mode, points=1, fail_fast=fail_fast
    )
    turn: Iterator[int] = iter(range(10**6))
    executor = Elsewhere(lambda waiting: order[next(turn) % len(order)])

    assert rendered(session.run(request, executor=executor)) == rendered(session.run(request))
    assert executor.calls


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> int:
    """Have parameters divided that need not be."""
    for module in (blocks, problem, tasks):
        monkeypatch.setattr(module, "SIZE", 4)
    return 4


def size_of(work: Work) -> int:
    if isinstance(work, Portion):
        return work.piece.stop - work.piece.first
    return len(work.entries)


def name_of(work: Work) -> str:
    if isinstance(work, Portion):
        return f"{work.piece.node}.{work.piece.local}"
    return work.parameter


@pytest.mark.parametrize("settings", [{}, {"method": "differences"}, {"budget": 500}])
@pytest.mark.parametrize("config", [NETWORK, WRONG, AT_KINKS], ids=["right", "wrong", "kinks"])
def test_a_large_parameter_is_divided_and_the_report_stays_the_same(
    settings: dict[str, Any], config: Any, small_blocks: int, folder: Path
) -> None:
    if "budget" in settings:
        settings = {"budget": Budget(evaluations=settings["budget"])}
    request = request_of(folder, config, NETWORK, mode="exhaustive", points=1, **settings)
    executor = Elsewhere(lambda waiting: waiting // 2)

    together, alone = session.run(request, executor=executor), session.run(request)

    assert rendered(together) == rendered(alone)
    handed_out = [call[1][1] for call in executor.calls if len(call[1]) == 2]
    assert max(map(size_of, handed_out)) == small_blocks
    assert {*map(name_of, handed_out)} >= {"hidden.weight", "output.weight"}


@pytest.mark.parametrize("config", [EXPRESSION, FUNCTION], ids=["kinks unknown", "not analytic"])
def test_so_is_one_behind_a_layer_of_the_user_s(
    config: Any, small_blocks: int, folder: Path
) -> None:
    request = request_of(folder, config, mode="exhaustive", points=1, only=("hidden.*",))
    executor = Elsewhere(lambda waiting: waiting // 2)

    together, alone = session.run(request, executor=executor), session.run(request)

    assert rendered(together) == rendered(alone)
    assert [problem.verdict for problem in alone.problems] == ["right"]
    assert max(size_of(call[1][1]) for call in executor.calls) == small_blocks


def test_one_small_problem_is_checked_here(folder: Path) -> None:
    executor = Elsewhere()

    assert session.run(request_of(folder, WRONG), executor=executor).problems[0].verdict == "wrong"
    assert executor.calls == []


def test_what_is_handed_out_is_plain_data(folder: Path) -> None:
    executor = Elsewhere()
    session.run(request_of(folder, NETWORK, WRONG), executor=executor)
    (task,) = executor.calls[1][1]

    assert isinstance(task, Task)
    assert pickle.loads(pickle.dumps(task)) == task
    assert len(pickle.dumps(task)) < 3000
    assert "SGN01" in task.text


def test_the_clock_goes_with_the_work(folder: Path) -> None:
    request = request_of(folder, NETWORK, WRONG, budget=Budget(seconds=10**6))
    with_clock = session.run(request, executor=Elsewhere(), clock=time.monotonic)
    without = session.run(request, executor=Elsewhere())

    assert [problem.verdict for problem in with_clock.problems] == ["right", "wrong"]
    assert [problem.verdict for problem in without.problems] == ["error", "error"]
    assert "needs a clock" in str(without.problems[0].message)


def test_threads_will_do_as_well(folder: Path, small_blocks: int) -> None:
    request = request_of(folder, WRONG, NETWORK, AT_KINKS, mode="exhaustive", points=1)
    with ThreadPoolExecutor(3) as threads:
        assert rendered(session.run(request, executor=threads)) == rendered(session.run(request))


class Failing(Elsewhere):
    """An executor that fails to make some of its calls, in one of two ways."""

    def __init__(self, bad: set[int], error: Exception, *, at_once: bool = False) -> None:
        super().__init__()
        self.bad, self.error, self.at_once, self.count = bad, error, at_once, 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Later:
        self.count += 1
        if self.count - 1 not in self.bad:
            return super().submit(fn, *args, **kwargs)
        if self.at_once:
            raise self.error
        failed = Later(self, b"")
        failed.set_exception(self.error)
        return failed


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("error", "message"),
    [
        (WorkerError("its worker was ended by SIGKILL"), "its worker was ended by SIGKILL"),
        (RuntimeError("no such node"), "its worker failed: RuntimeError: no such node"),
    ],
)
def test_a_worker_that_fails_is_an_error_of_its_problem_and_others_go_on(
    at_once: bool, error: Exception, message: str, folder: Path
) -> None:
    executor = Failing({1}, error, at_once=at_once)
    report = session.run(request_of(folder, NETWORK, WRONG, AT_KINKS), executor=executor)

    assert [problem.verdict for problem in report.problems] == ["right", "error", "right"]
    assert report.problems[1].message == message
    assert report.problems[1].name == "config1"


def test_a_worker_that_fails_may_be_expected(folder: Path) -> None:
    expecting = {**NETWORK, "expect": {"verdict": "error"}}
    executor = Failing({0}, WorkerError("gone"))
    request = request_of(folder, expecting, NETWORK, expect=True)

    assert [p.expected for p in session.run(request, executor=executor).problems] == [True, True]


def test_a_block_that_fails_is_an_error_of_its_problem(folder: Path, small_blocks: int) -> None:
    executor = Failing({3}, WorkerError("gone"))
    request = request_of(folder, NETWORK, WRONG, mode="exhaustive")

    first, second = session.run(request, executor=executor).problems

    assert (first.verdict, first.message) == ("error", "gone")
    assert second.verdict == "wrong"


def test_a_defect_of_ours_keeps_the_worker_s_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any, **settings: Any) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr(single, "check", broken)
    with pytest.raises(Defect, match=r"in broken\n(?s:.*)ZeroDivisionError: nobody foresaw this"):
        session.run(request_of(folder, NETWORK, WRONG), executor=Elsewhere())


class Interrupting(Later):
    """A future whose wait is interrupted."""

    def result(self, timeout: float | None = None) -> Any:
        for other in self.executor.waiting[1:]:
            other.make()
        raise KeyboardInterrupt


def test_an_interrupt_reports_what_was_finished_and_cancels_the_rest(folder: Path) -> None:
    class Executing(Elsewhere):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Later:
            future = super().submit(fn, *args, **kwargs)
            if len(self.waiting) == 2:
                self.waiting[-1] = future = Interrupting(self, future.call)
            return future

    request = request_of(folder, NETWORK, WRONG, AT_KINKS, BROKEN)
    executor = Executing()
    report = session.run(request, executor=executor)

    assert report.interrupted
    assert [problem.name for problem in report.problems] == ["config0", "config2", "config3"]
    assert any("interrupted" in remark for remark in report.remarks)
    assert executor.waiting[0].cancelled()


@pytest.mark.parametrize("executor", [None, Elsewhere()], ids=["here", "elsewhere"])
def test_an_interrupt_of_work_done_here_reports_what_was_finished(
    executor: Executor | None, folder: Path, monkeypatch: pytest.MonkeyPatch, small_blocks: int
) -> None:
    original = referee.check

    def interrupted(problem: Any, *arguments: Any, **settings: Any) -> Any:
        if problem.name == "config1":
            raise KeyboardInterrupt
        return original(problem, *arguments, **settings)

    monkeypatch.setattr(single, "check", interrupted)
    request = request_of(folder, NETWORK, WRONG, NETWORK, mode="exhaustive", points=1)
    report = session.run(request, executor=executor)

    assert report.interrupted
    assert [problem.name for problem in report.problems] == ["config0"]


def test_a_run_that_is_not_interrupted_says_nothing_of_it(folder: Path) -> None:
    report = session.run(request_of(folder, NETWORK))

    assert (report.interrupted, report.remarks) == (False, ())


@given(st.lists(st.none() | st.integers(-7, 7), max_size=11), st.integers(0, 3))
def test_results_come_in_the_order_of_the_calls(calls: list[int | None], turn: int) -> None:
    executor = Elsewhere(lambda waiting: turn)
    found = dispatch.in_order(executor, abs, [None if k is None else (k,) for k in calls])

    assert list(found) == [(n, None if k is None else abs(k)) for n, k in enumerate(calls)]


def test_calls_that_nobody_waits_for_are_cancelled() -> None:
    executor = Elsewhere()
    results = dispatch.in_order(executor, abs, [(k,) for k in range(5)])
    next(results)
    results.close()

    assert [future.cancelled() for future in executor.waiting] == [True] * 4
