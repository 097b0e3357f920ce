"""Worker processes: results, deaths, and that none outlives its parent."""

import multiprocessing
import operator
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path

import pytest

from gradcheck.errors import WorkerError
from gradcheck.workers import Workers


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(2) as found:
        yield found


def alive(process: int) -> bool:
    """Tell whether a process runs; one that nobody has buried yet does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_calls_are_made_elsewhere_and_return(workers: Workers) -> None:
    assert [f.result() for f in [workers.submit(pow, 3, k) for k in range(11)]] == [
        3**k for k in range(11)
    ]
    assert workers.submit(os.getpid).result() != os.getpid()


def test_keyword_arguments_are_passed(workers: Workers) -> None:
    assert workers.submit(sorted, [2, 5, 3], reverse=True).result() == [5, 3, 2]


def test_an_exception_comes_back_as_it_is(workers: Workers) -> None:
    with pytest.raises(ZeroDivisionError):
        workers.submit(operator.truediv, 3, 0).result()
    assert workers.submit(operator.add, 3, 5).result() == 8


def test_a_call_that_cannot_be_pickled_is_refused_at_once(workers: Workers) -> None:
    with pytest.raises(Exception, match="pickle"):
        workers.submit(lambda: 3)


def test_a_death_fails_one_call_and_others_go_on(workers: Workers) -> None:
    calls: list[Future[object]] = [
        workers.submit(pow, 3, 2),
        workers.submit(os._exit, 7),
        workers.submit(signal.raise_signal, signal.SIGKILL),
        *(workers.submit(pow, 3, k) for k in range(5)),
    ]
    assert [f.result() for f in (calls[0], *calls[3:])] == [9, 1, 3, 9, 27, 81]
    with pytest.raises(WorkerError, match="its worker ended its process with exit code 7"):
        calls[1].result()
    with pytest.raises(WorkerError, match=r"was ended by SIGKILL .*when memory runs out"):
        calls[2].result()


def test_nothing_is_started_before_there_is_something_to_do() -> None:
    with Workers(3) as workers:
        assert multiprocessing.active_children() == []
        workers.submit(os.getpid).result()
        assert len(multiprocessing.active_children()) == 3
    assert multiprocessing.active_children() == []


def test_leaving_ends_what_is_under_way() -> None:
    with Workers(2) as workers:
        processes = {workers.submit(os.getpid).result() for _ in range(7)}
        calls = [workers.submit(time.sleep, 60) for _ in range(5)]

    assert not any(alive(process) for process in processes)
    assert all(call.done() for call in calls)
    for call in calls:
        with pytest.raises((WorkerError, CancelledError)):
            call.result()
