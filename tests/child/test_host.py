"""The child process: it answers, is bounded in time and print, and never outlives its parent."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gradcheck.child.host import Child
from gradcheck.errors import ClaimError


def started(folder: Path, timeout: float = 30.0) -> Child:
    return Child("echoing_service", folder=folder, subject="grad.py:f", timeout=timeout)


@pytest.fixture(scope="module")
def child(folder: Path) -> Iterator[Child]:
    with started(folder) as running:
        yield running


def runs(pid: int) -> bool:
    """Whether the process is there and more than a zombie that nobody has reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def ends(pid: int) -> bool:
    for _ in range(100):
        if not runs(pid):
            return True
        time.sleep(0.05)
    return False


def failure(folder: Path, header: dict[str, object], timeout: float = 30.0) -> str:
    with started(folder, timeout) as child:
        with pytest.raises(ClaimError) as caught:
            child.request(header, {})
        assert not child.alive
        with pytest.raises(ClaimError, match="its process has ended; start a new one"):
            child.request({}, {})
    return str(caught.value)


def test_header_and_arrays_come_back(child: Child) -> None:
    sent = {"w": np.arange(35.0).reshape(5, 7).T, "labels": np.array([3, 1, 2])}
    header, arrays = child.request({"name": "größe", "list": [1, 2.5, None]}, sent)
    assert header == {"name": "größe", "list": [1, 2.5, None]}
    assert np.array_equal(arrays["w"], sent["w"])
    assert arrays["labels"].tolist() == [3, 1, 2]


def test_arrays_larger_than_any_pipe_come_back(child: Child) -> None:
    sent = np.random.default_rng(0).standard_normal((1009, 211))
    _, arrays = child.request({}, {"w": sent})
    assert np.array_equal(arrays["w"], sent)


def test_a_refusal_is_an_error_and_the_child_lives_on(child: Child) -> None:
    with pytest.raises(ClaimError, match=r"^no such thing$"):
        child.request({"do": "refuse"}, {})
    assert child.request({"n": 1}, {})[0] == {"n": 1}


def test_object_arrays_do_not_cross_and_the_child_lives_on(child: Child) -> None:
    with pytest.raises(ClaimError, match="only plain numeric arrays cross, but 'w' is of object"):
        child.request({"do": "pickle"}, {})
    assert child.request({"n": 1}, {})[0] == {"n": 1}


def test_too_large_a_request_is_an_error_before_it_is_sent(folder: Path) -> None:
    small = Child("echoing_service", folder=folder, subject="grad.py:f", timeout=1, limit=64)
    with pytest.raises(ClaimError, match=r"^grad.py:f can't be asked: the arrays take 72 bytes"):
        small.request({}, {"w": np.ones(9)})


def test_prints_are_kept_and_do_not_disturb_the_answer(child: Child) -> None:
    assert child.request({"do": "print"}, {})[0] == {"do": "print"}
    assert child.request({}, {})[0] == {}
    for text in ("printed\n", "raw ", "error "):
        assert text in child.output


def test_of_a_flood_of_prints_the_end_is_kept(child: Child) -> None:
    assert child.request({"do": "flood"}, {})[0] == {"do": "flood"}
    child.request({}, {})
    assert len(child.output) == 4000
    assert child.output.endswith("flood 19998\nflood 19999\n")


def test_stdin_is_empty_for_the_users_code(child: Child) -> None:
    assert child.request({"do": "input"}, {})[0] == {"read": ""}


def test_the_callers_folder_is_current_and_first_for_imports(child: Child, folder: Path) -> None:
    place, _ = child.request({"do": "where"}, {})
    assert place["cwd"] == place["first"] == str(folder.resolve())


def test_modules_in_the_folder_do_not_shadow_ours(tmp_path: Path, folder: Path) -> None:
    for name in ("gradcheck", "numpy", "json", "struct", "difflib", "sysconfig", "echoing_service"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')")
    with started(tmp_path) as child:
        assert child.request({"n": 1}, {})[0] == {"n": 1}
    assert not (tmp_path / "__pycache__").exists()


def test_a_request_that_takes_too_long_ends_the_child(folder: Path) -> None:
    message = failure(folder, {"do": "hang"}, timeout=0.5)
    assert message == (
        "grad.py:f took longer than 0.5 s, its timeout\nits last output:\n  about to hang"
    )


def test_an_exit_of_the_process_is_told_with_its_code_and_output(folder: Path) -> None:
    assert failure(folder, {"do": "exit"}) == (
        "grad.py:f ended its process with exit code 3 before it answered\n"
        "its last output:\n  last words"
    )


def test_output_of_earlier_requests_is_not_told_as_the_last(folder: Path) -> None:
    with started(folder) as child:
        child.request({"do": "print"}, {})
        with pytest.raises(ClaimError) as caught:
            child.request({"do": "exit"}, {})
    assert str(caught.value).endswith("its last output:\n  last words")
    assert "printed" in child.output


def test_a_segmentation_fault_is_told_by_name(folder: Path) -> None:
    message = failure(folder, {"do": "segfault"})
    assert message == "grad.py:f was ended by SIGSEGV (Segmentation fault) before it answered"


def test_a_kill_names_the_usual_cause(folder: Path) -> None:
    message = failure(folder, {"do": "kill"})
    assert "was ended by SIGKILL (Killed; the system does that when memory runs out)" in message


def test_a_closed_pipe_is_told_though_the_process_lives(folder: Path) -> None:
    assert failure(folder, {"do": "close"}) == "grad.py:f closed its pipe before it answered"


def test_a_defect_of_the_service_shows_its_traceback(folder: Path) -> None:
    message = failure(folder, {"do": "bug"})
    assert "grad.py:f ended its process with exit code 1" in message
    assert message.endswith("RuntimeError: a defect of ours")


def test_bytes_written_on_the_protocols_pipe_are_told(folder: Path) -> None:
    message = failure(folder, {"do": "garbage"})
    assert message.startswith("grad.py:f wrote on gradcheck's own pipe, and its answer")
    assert "a frame starts with b'gck1', but b'Hell' came" in message


def test_a_death_is_seen_though_a_process_it_started_holds_the_pipes(folder: Path) -> None:
    message = failure(folder, {"do": "orphan"})
    assert "exit code 5" in message
    assert ends(int(message.split()[-1]))


def test_leaving_the_block_ends_the_child_and_what_it_started(folder: Path) -> None:
    with started(folder) as child:
        pids, _ = child.request({"do": "spawn"}, {})
        assert runs(pids["own"])
        assert runs(pids["pid"])
    assert not runs(pids["own"])
    assert ends(pids["pid"])
    with pytest.raises(ChildProcessError):
        os.waitpid(pids["own"], os.WNOHANG)
    child.close()


PARENT = """
import os, sys
from pathlib import Path
from gradcheck.child.host import Child
child = Child("echoing_service", folder=Path("."), subject="f", timeout=60)
child.open()
print(child.request({"do": "spawn"}, {})[0]["own"], flush=True)
child.request({"do": "hang"}, {})
"""


def test_a_hanging_child_ends_when_its_parent_is_killed(folder: Path) -> None:
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert runs(pid)
        parent.send_signal(signal.SIGKILL)
    assert ends(pid)


def test_an_interrupt_while_waiting_ends_the_child(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(folder) as child:
        pids, _ = child.request({"do": "spawn"}, {})
        monkeypatch.setattr(child._pipes, "exchange", interrupted)
        with pytest.raises(KeyboardInterrupt):
            child.request({}, {})
        assert not runs(pids["own"])


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        ClaimError, match=r"^no process could be started for grad.py:f in .*nowhere"
    ):
        started(tmp_path / "nowhere").open()


def test_a_service_that_does_not_start_is_told(tmp_path: Path) -> None:
    absent = Child("no_such_service", folder=tmp_path, subject="grad.py:f", timeout=30)
    with pytest.raises(ClaimError, match=r"(?s)^starting Python ended .*'no_such_service'"):
        absent.open()


def test_the_parent_unpickles_nothing(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the parent unpickles")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, forbidden)
    assert child.request({}, {"w": np.ones(3)})[1]["w"].tolist() == [1, 1, 1]
    for file in (Path(__file__).parents[2] / "gradcheck" / "child").glob("*.py"):
        for word in ("import pickle", "import marshal", "import shelve", "eval(", "np.load("):
            assert word not in file.read_text(), file.name
