"""The command as a process of its own: streams, encodings, signals and what is imported."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("folder")

COMMAND = [sys.executable, "-m", "gradcheck"]


def start(*arguments: str, **variables: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **variables},
    )


def finish(process: "subprocess.Popen[bytes]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=30)
    return process.returncode, out.decode(), err.decode()


def test_a_broken_config_ends_with_code_2_and_without_a_traceback() -> None:
    code, out, err = finish(start("check", "broken.yaml", "right.yaml"))
    assert code == 2
    assert "--> broken.yaml:5:16" in out
    assert "right: right one" in out
    assert err == ""


def test_a_wrong_option_ends_with_code_2_and_a_hint() -> None:
    code, out, err = finish(start("check", "right.yaml", "--format", "xml"))
    assert code == 2
    assert out == ""
    assert "there is no format 'xml'; there are" in err
    assert "Try 'gradcheck check --help' for help." in err


def test_an_ascii_terminal_gets_question_marks_and_no_crash() -> None:
    code, out, err = finish(start("check", "wrong.yaml", PYTHONIOENCODING="ascii"))
    assert code == 1
    assert out.isascii()
    assert "?" in out
    assert err == ""


def test_a_reader_that_leaves_early_is_no_error() -> None:
    process = start("check", "wrong.yaml", "-v")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(timeout=30) == 1


def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "list", "reporters"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("Error: standard output could not be written: No space")


def test_an_interrupt_ends_with_130_and_one_word() -> None:
    Path("slow.py").write_text(
        "import time\n\n\ndef f(*a):\n    open('on', 'w')\n    time.sleep(60)\n"
    )
    text = Path("right.yaml").read_text()
    head, tail = text[: text.index("gradients:")], text[text.index("check:") :]
    Path("slow.yaml").write_text(f"{head}gradients: {{python: slow.py:f}}\n{tail}")
    process = start("check", "slow.yaml")
    while not Path("on").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    code, out, err = finish(process)
    assert (code, out, err.strip()) == (130, "", "interrupted")


def test_help_and_version_load_no_heavy_module() -> None:
    for arguments in (["--help"], ["--version"], ["check", "--help"], ["explain", "--help"]):
        program = (
            "import sys\nfrom gradcheck.cli import main\n"
            f"main.main({arguments!r}, standalone_mode=False)\n"
            "heavy = {'numpy', 'yaml', 'rich'} & {*sys.modules}\n"
            "sys.exit(f'loaded {heavy}' if heavy else 0)"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
        assert done.returncode == 0, (arguments, done.stderr)


def test_a_kept_result_is_shown_without_what_would_make_it_anew() -> None:
    first = finish(start("check", "right.yaml"))
    program = (
        "import sys\nfrom gradcheck.cli import main\n"
        "main.main(['check', 'right.yaml'], standalone_mode=False)\n"
        "heavy = {'numpy', 'yaml', 'rich', 'gradcheck.referee'} & {*sys.modules}\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()) == first[:2], done.stderr


def test_the_shell_gets_its_completion() -> None:
    code, out, _ = finish(start(_GRADCHECK_COMPLETE="bash_source"))
    assert code == 0
    assert "_gradcheck_completion()" in out
