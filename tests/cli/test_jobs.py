"""Checks spread over processes: the same bytes, and nothing left running however they end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("folder")

COMMAND = [sys.executable, "-m", "gradcheck", "check"]
PATIENCE = 30
SLOW = """
import os
import time
from pathlib import Path


def backward(params, inputs, targets):
    Path("new").write_text(str(os.getpid()))
    Path("new").rename("on")
    time.sleep(600)
"""


@pytest.fixture
def slow(folder: Path) -> Path:
    """A config whose function sleeps once it has written its process's number to `on`."""
    text = (folder / "right.yaml").read_text()
    head, tail = text[: text.index("gradients:")], text[text.index("check:") :]
    (folder / "slow.py").write_text(SLOW)
    (folder / "slow.yaml").write_text(f"{head}gradients: {{python: slow.py:backward}}\n{tail}")
    return folder / "on"


def start(*arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def awaited(file: Path, process: "subprocess.Popen[bytes]") -> int:
    """Wait for the number of a process in a file."""
    while not file.exists():
        assert process.poll() is None
        time.sleep(0.01)
    return int(file.read_text())


def left(session: int) -> Iterator[int]:
    """Yield the living processes of a session."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            state, _, _, own = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(own) == session and state != "Z":
                yield int(entry.name)


def gone(session: int) -> None:
    """Wait until nothing of a session is left."""
    end = time.monotonic() + PATIENCE
    while remaining := list(left(session)):
        assert time.monotonic() < end, remaining
        time.sleep(0.01)


def test_the_bytes_are_the_same_with_any_number_of_processes() -> None:
    def output(*jobs: str) -> tuple[int, bytes, bytes]:
        done = subprocess.run(
            [*COMMAND, "right.yaml", "-", "broken.yaml", "wrong.yaml", *jobs],
            input=Path("wrong.yaml").read_bytes(),
            capture_output=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    alone = output()
    assert alone[0] == 2
    assert b"4 problems: 1 right, 2 wrong, 1 error" in alone[1]
    assert output("--jobs", "3") == output("--jobs", "auto") == alone


def test_ctrl_c_reports_what_was_finished_and_leaves_no_process(slow: Path) -> None:
    process = start("right.yaml", "wrong.yaml", "slow.yaml", "--jobs", "2", "-q")
    function = awaited(slow, process)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)

    assert process.returncode == 130
    assert err == b"interrupted\n"
    # Of the two processes one went on to the slow config, so it had finished another.
    assert b"right one" in out or b"wrong one" in out
    assert b"slow" not in out
    assert list(left(process.pid)) == []
    gone(function)


def test_ctrl_c_reports_what_one_process_had_finished(slow: Path) -> None:
    process = start("wrong.yaml", "slow.yaml", "right.yaml")
    awaited(slow, process)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, err) == (130, b"interrupted\n")
    assert b"wrong: wrong one" in out
    assert b"remark: interrupted: what was not finished by then is not in this report" in out
    assert b"right one" not in out


def test_workers_end_with_a_parent_that_is_killed(slow: Path) -> None:
    process = start("right.yaml", "slow.yaml", "--jobs", "2")
    awaited(slow, process)
    process.kill()
    process.communicate(timeout=PATIENCE)

    gone(process.pid)


DYING = """
import os, sys
from pathlib import Path
from gradcheck import single
from gradcheck.session import Request, Target, run
from gradcheck.workers import Workers

original = single.check

def check(problem, *arguments, **settings):
    if problem.name == "wrong one":
        os._exit(7)
    return original(problem, *arguments, **settings)

single.check = check
names = ["right.yaml", "wrong.yaml", "broken.yaml", "more.yaml"]
with Workers(2) as workers:
    report = run(Request(targets=[Target(path=Path(n), name=n) for n in names]), executor=workers)
for problem in report.problems:
    print(problem.name, problem.verdict, problem.message or "", sep="|")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers inherit the patch only when forked")
def test_a_process_that_dies_is_an_error_of_its_problem_and_others_go_on(folder: Path) -> None:
    (folder / "more.yaml").write_text((folder / "right.yaml").read_text())
    done = subprocess.run(
        [sys.executable, "-c", DYING],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    right, wrong, broken, more = done.stdout.splitlines()

    assert right == more == "right one|right|"
    assert wrong == "wrong one|error|its worker ended its process with exit code 7"
    assert broken.startswith("broken one|error|")
    assert done.stderr == ""


def test_one_process_loads_nothing_for_several() -> None:
    program = (
        "import sys\nfrom gradcheck.cli import main\n"
        "main.main(['check', 'right.yaml', '-q'], standalone_mode=False)\n"
        "heavy = {'multiprocessing', 'concurrent.futures', 'gradcheck.workers'} & {*sys.modules}\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
