"""Formats on the command line: what they are called, and what they bring with them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "summary.md"
    path.write_text("from the step before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


def test_annotations_bring_the_step_s_summary_with_them(run: Run, summary: Path) -> None:
    result = run("check", "wrong.yaml", "--format", "github")
    assert result.stdout.count("::error") == 1
    before, heading, rest = summary.read_text().partition("## gradcheck: ")
    assert before == "from the step before\n"
    assert heading
    assert "wrong one" in rest


def test_no_other_format_touches_the_summary(run: Run, summary: Path) -> None:
    run("check", "wrong.yaml", "--format", "sarif", "--format", "json=r.json")
    assert summary.read_text() == "from the step before\n"


def test_a_summary_asked_for_by_name_is_written_once(run: Run, summary: Path) -> None:
    run("check", "wrong.yaml", "--format", "github", "--format", f"markdown={summary}")
    assert summary.read_text().count("## gradcheck") == 1


def test_rules_come_with_sarif_alone(run: Run) -> None:
    found = json.loads(run("check", "right.yaml", "--format", "sarif").stdout)
    assert len(found["runs"][0]["tool"]["driver"]["rules"]) > 300
    assert "rules" not in json.loads(run("check", "right.yaml", "--format", "json").stdout)


def test_pictures_do_not_change_the_other_formats(run: Run, folder: Path) -> None:
    alone = run("check", "wrong.yaml", "--format", "json").stdout
    both = run("check", "wrong.yaml", "--format", "json", "--format", "html=r.html").stdout
    assert both == alone
    assert "<svg" in (folder / "r.html").read_text()


def test_a_name_with_a_dash_is_found(run: Run) -> None:
    lines = run("check", "wrong.yaml", "--format", "json-lines").stdout.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == [
        "problem",
        "check",
        "check",
        "finding",
    ]
