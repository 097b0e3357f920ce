"""The command that checks pasted code: its options, its bad input, and what it writes."""

import codecs
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from gradcheck.cli import main
from gradcheck.errors import GradcheckError
from gradcheck.paste import session
from gradcheck.paste.selection import At
from gradcheck.report import Edit, Finding, Fix, ProblemReport, Report

POST = """\
Why does it not learn?

import numpy as np
gen = np.random.default_rng(11)
X = gen.normal(size=(13, 3))
Y = gen.normal(size=(13, 2))
W1 = 0.6 * gen.normal(size=(3, 5))
W2 = 0.6 * gen.normal(size=(5, 2))
for epoch in range(40):
\tH = np.tanh(X @ W1)
\tloss = 0.5 * np.sum((H @ W2 - Y) ** 2)
\tdP = Y - H @ W2  # the wrong way round
\tW1, W2 = W1 - 0.1 * X.T @ (dP @ W2.T * (1 - H ** 2)), W2 - 0.1 * H.T @ dP
"""
WRONG = "Y - H @ W2"
LINE = 12

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `gradcheck paste` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: bytes = b"") -> Result:
        result = CliRunner().invoke(main, ["paste", *arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[session.Request]:
    """Collect the requests that would be made; each text is found wrong, with a fix."""
    found: list[session.Request] = []

    def run(request: session.Request) -> Report:
        found.append(request)
        is_wrong = WRONG in request.text
        return Report(
            problems=(problem(request) if is_wrong else replace_verdict(request),),
            tool_version="1",
            remarks=request.remarks,
        )

    monkeypatch.setattr(session, "run", run)
    return found


def replace_verdict(request: session.Request) -> ProblemReport:
    return ProblemReport(name=request.name, target=request.name, verdict="right")


def problem(request: session.Request, cell: int | None = None) -> ProblemReport:
    if request.text.startswith("{"):
        cell = 1
        rows = "".join(json.loads(request.text)["cells"][1]["source"]).split("\n")
    else:
        rows = request.text.split("\n")
    at = next(k for k, row in enumerate(rows) if WRONG in row)
    old = rows[at].rstrip("\r")
    new = f"{old.replace(WRONG, 'H @ W2 - Y')}\n\t# mended"
    edit = Edit(file=request.name, line=at + 1, old=old, new=new, cell=cell)
    finding = Finding(
        code="SGN01",
        family="sign",
        level="error",
        title="reversed",
        message="it is reversed",
        fix=Fix(applicability="verified", edits=(edit,), diff="shown"),
    )
    return ProblemReport(
        name=request.name, target=request.name, verdict="wrong", findings=(finding,)
    )


def mended(text: str) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    return text.replace("# the wrong way round", f"# the wrong way round{end}\t# mended").replace(
        WRONG, "H @ W2 - Y"
    )


def test_options_become_the_request(run: Run, requests: list[session.Request]) -> None:
    Path("post.txt").write_text(POST)
    run(
        *("post.txt", "--set", "lr=0.1", "--set", "k = f(a == b)", "--loss", "np.sum(H)"),
        *("--step", "9", "--parameters", "W1, W2", "--program", "2", "--hint", "3"),
        *("--explain", "--no-sandbox"),
    )
    (request,) = requests
    assert request.text == POST
    assert request.name == "post.txt"
    assert request.values == {"lr": "0.1", "k": "f(a == b)"}
    assert request.loss == "np.sum(H)"
    assert request.step == At(line=9)
    assert request.parameters == ("W1", "W2")
    assert (request.program, request.hint, request.explain) == (2, 3, True)
    assert request.sandboxed is False


def test_by_default_all_is_told_and_sandboxed(run: Run, requests: list[session.Request]) -> None:
    run("-", stdin=POST.encode())
    assert requests == [session.Request(text=POST, name="-")]


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_a_pipe_is_read_to_its_end(
    arguments: list[str], run: Run, requests: list[session.Request]
) -> None:
    assert run(*arguments, stdin=POST.encode()).exit_code == 1
    assert requests[0].text == POST


def test_at_a_terminal_an_editor_is_opened(
    run: Run, requests: list[session.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradcheck.cli._pasted._at_terminal", lambda: True)
    monkeypatch.setattr(click, "edit", lambda *_, **__: POST)
    assert run().exit_code == 1
    assert (requests[0].name, requests[0].text) == ("pasted", POST)


def test_without_an_editor_a_terminal_is_read_to_its_end(
    run: Run, requests: list[session.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(*_: Any, **__: Any) -> str:
        raise click.ClickException("no editor")

    monkeypatch.setattr("gradcheck.cli._pasted._at_terminal", lambda: True)
    monkeypatch.setattr(click, "edit", edit)
    result = run(stdin=POST.encode())
    assert requests[0].text == POST
    assert "Ctrl-D" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.txt"], "'missing.txt' could not be read: No such file or directory"),
        (["."], "'.' could not be read: Is a directory"),
        (["binary"], "'binary' is no text: there is a zero byte in line 2"),
        (["empty.txt"], "there is no code to check: 'empty.txt' is empty"),
        (["-", "--set", "lr"], "expected NAME=EXPR, found 'lr'"),
        (["-", "--set", "a.b=3"], "expected NAME=EXPR, found 'a.b=3'"),
        (["-", "--set", "lr=1 +"], "'1 +' is no Python expression"),
        (["-", "--set", "lr=x = 3"], "'x = 3' is no Python expression"),
        (["-", "--step", "twelve"], "expected LINE, or CELL:LINE in a notebook, found 'twelve'"),
        (["-", "--step", "1:2:3"], "expected LINE, or CELL:LINE in a notebook, found '1:2:3'"),
        (["-", "--parameters", " , "], "expected names such as W1,b1, found ' , '"),
        (["-", "--program", "0"], "0 is not in the range"),
        (["-", "--hint", "5"], "5 is not in the range"),
        (["-", "--fix"], "--fix needs a FILE to write to"),
        (["-", "--hint", "2", "--diff"], "--hint 2 hides the patch that --diff would show"),
        (["-", "--format", "odd"], "there is no format 'odd'"),
    ],
)
def test_bad_input_is_told_and_exits_with_2(
    arguments: list[str], message: str, run: Run, requests: list[session.Request]
) -> None:
    Path("binary").write_bytes(b"a = 1\nb = \x00\x01")
    Path("empty.txt").write_text(" \n\n")
    result = run(*arguments, stdin=POST.encode())
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert requests == []


@pytest.mark.parametrize("text", ["no code at all, sorry", "x = = 3"])
def test_text_without_a_program_exits_with_2(text: str, run: Run) -> None:
    result = run("-", stdin=text.encode())
    assert result.exit_code == 2
    assert "no program was found in this text" in result.stdout


def test_a_program_number_that_is_not_there_exits_with_2() -> None:
    result = CliRunner().invoke(main, ["paste", "-", "--program", "4"], input=POST)
    assert result.exit_code != 0
    assert "there is no program 4: there is one, lines 3 to 13" in str(result.exception)


def test_diff_prints_the_patch_alone(run: Run, requests: list[session.Request]) -> None:
    result = run("-", "--diff", stdin=POST.encode())
    assert result.exit_code == 1
    rows = result.stdout.splitlines()
    assert rows[:2] == ["--- -", "+++ -"]
    assert f"-\tdP = {WRONG}  # the wrong way round" in rows
    assert "+\t# mended" in rows


@pytest.mark.parametrize(
    ("mark", "encoding", "end"),
    [
        (b"", "utf-8", "\n"),
        (b"", "utf-8", "\r\n"),
        (codecs.BOM_UTF8, "utf-8", "\r\n"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "\n"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "\r\n"),
        (b"", "latin-1", "\n"),
    ],
)
def test_fix_keeps_encoding_line_ends_and_tabs(
    mark: bytes, encoding: str, end: str, run: Run, requests: list[session.Request]
) -> None:
    text = POST.replace("learn?", "lernen, schön?").replace("\n", end)
    path = Path("post.txt")
    path.write_bytes(mark + text.encode(encoding))
    result = run("post.txt", "--fix")
    assert result.exit_code == 0, result.output
    assert path.read_bytes() == mark + mended(text).encode(encoding)
    assert Path("post.txt.bak").read_bytes() == mark + text.encode(encoding)
    assert "fixed 1 line of post.txt; the file as it was is post.txt.bak" in result.stdout
    assert [WRONG in request.text for request in requests] == [True, False]


def notebook(source: list[str]) -> str:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Net ü\n", "text"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": source},
    ]
    return json.dumps({"cells": cells, "metadata": {"k": 1}, "nbformat": 4}, indent=1)


def test_a_fix_that_is_one_of_several_is_left_out_and_that_is_said(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(request: session.Request) -> Report:
        one = problem(request)
        (finding,) = one.findings
        assert finding.fix is not None
        several = replace(finding, fix=replace(finding.fix, applicability="ambiguous"))
        return Report(problems=(replace(one, findings=(several,)),), tool_version="1")

    monkeypatch.setattr(session, "run", found)
    result = run("-", "--diff", stdin=POST.encode())
    assert result.stdout == ""
    assert "1 fix that is one of several, or not proved, left out" in result.stderr
    assert result.exit_code == 1


@pytest.mark.parametrize("joined", [True, False])
def test_fix_leaves_a_notebook_valid(
    joined: bool, run: Run, requests: list[session.Request]
) -> None:
    lines = POST[POST.index("import") :].splitlines(keepends=True)
    whole = notebook(["".join(lines)] if joined else lines)
    Path("net.ipynb").write_text(whole)
    assert run("net.ipynb", "--fix").exit_code == 0
    old, new = json.loads(whole), json.loads(Path("net.ipynb").read_text())
    assert "".join(new["cells"][1]["source"]) == mended("".join(lines))
    del old["cells"][1]["source"], new["cells"][1]["source"]
    assert new == old
    assert Path("net.ipynb.bak").read_text() == whole


def test_fix_that_can_not_be_written_leaves_the_file_alone(
    run: Run, requests: list[session.Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("post.txt").write_text(POST)
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if Path(target).name == "post.txt":
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    result = run("post.txt", "--fix")
    assert result.exit_code == 2
    assert "No space left" in result.stderr
    assert Path("post.txt").read_text() == POST
    assert {path.name for path in Path().iterdir()} == {"post.txt", "post.txt.bak"}


def test_output_writes_the_patched_text_elsewhere(
    run: Run, requests: list[session.Request]
) -> None:
    Path("post.txt").write_text(POST)
    result = run("post.txt", "-o", "new.txt")
    assert result.exit_code == 1
    assert Path("new.txt").read_text() == mended(POST)
    assert Path("post.txt").read_text() == POST
    assert "wrote new.txt" in result.stderr


def test_nothing_is_written_where_there_is_no_fix(
    run: Run, requests: list[session.Request]
) -> None:
    Path("post.txt").write_text(mended(POST))
    result = run("post.txt", "--fix", "-o", "new.txt")
    assert result.exit_code == 0
    assert "there is no verified fix, and new.txt was not written" in result.stderr
    assert [path.name for path in Path().iterdir()] == ["post.txt"]


@pytest.mark.parametrize(("zero", "code"), [(True, 0), (False, 1)])
def test_exit_zero_turns_1_into_0(
    zero: bool, code: int, run: Run, requests: list[session.Request]
) -> None:
    assert run("-", *(["--exit-zero"] if zero else []), stdin=POST.encode()).exit_code == code


def test_quiet_is_a_line_for_each_program(run: Run, requests: list[session.Request]) -> None:
    result = run("-", "-q", stdin=POST.encode())
    assert result.stdout.splitlines()[0] == "wrong: -: no parameters; SGN01"


def test_the_network_is_written_as_a_config_that_check_takes(run: Run) -> None:
    Path("post.txt").write_text(POST)
    result = run("post.txt", "--as-config", "-o", "net.yaml")
    assert result.exit_code == 0, result.output
    assert "wrote net.yaml; check it with: gradcheck check --expect net.yaml" in result.stderr
    assert result.stdout == ""
    checked = CliRunner().invoke(main, ["check", "net.yaml"])
    assert checked.exit_code == 1
    assert checked.output.startswith("wrong: post.txt (net.yaml)")
    assert "layer1.weight  wrong" in checked.output
    assert run("post.txt", "--as-config").stdout == Path("net.yaml").read_text()


def test_what_is_no_network_of_a_config_exits_with_2(run: Run) -> None:
    odd = POST.replace("np.sum((H @ W2 - Y) ** 2)", "np.sum((H @ W2 - Y) ** 4)")
    Path("post.txt").write_text(odd)
    with pytest.raises(GradcheckError, match=r"post.txt can't be written as a config: no loss of"):
        run("post.txt", "--as-config", "-o", "net.yaml")
    assert not Path("net.yaml").exists()


def test_a_post_is_found_wrong_mended_in_place_and_right_then(run: Run) -> None:
    Path("post.txt").write_bytes(codecs.BOM_UTF8 + POST.replace("\n", "\r\n").encode())
    result = run("post.txt", "--fix")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("right: post.txt")
    raw = Path("post.txt").read_bytes()
    assert raw.startswith(codecs.BOM_UTF8)
    rows = raw.decode("utf-8-sig").split("\r\n")
    given = POST.split("\n")
    assert [k + 1 for k, (a, b) in enumerate(zip(rows, given, strict=True)) if a != b] == [LINE]
    assert rows[LINE - 1].replace("(H @ W2)", "H @ W2").startswith("\tdP = H @ W2 - Y  # the")
