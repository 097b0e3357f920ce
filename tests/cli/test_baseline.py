"""The commands about baselines, and checks that go by one."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import Result

from gradcheck.errors import BaselineError

Run = Callable[..., Result]
NAME = "gradcheck-baseline.json"


@pytest.fixture
def kept(run: Run, folder: Path) -> Path:
    """Be in a folder with a baseline of what is wrong in it."""
    (folder / "broken.yaml").unlink()
    assert run("baseline", "create", ".").exit_code == 0
    return folder / NAME


def fix(folder: Path) -> None:
    path = folder / "wrong.yaml"
    path.write_text(path.read_text().replace("(y - yhat)", "(yhat - y)"))


def test_what_is_known_passes_in_every_format(run: Run, kept: Path) -> None:
    assert run("check", ".").exit_code == 1
    for name in ("text", "markdown", "html", "concise", "github", "gitlab", "junit", "sarif"):
        result = run("check", ".", "--baseline", NAME, "--format", name)
        assert result.exit_code == 0, name
    assert "as in the baseline" in run("check", ".", "--baseline", NAME).stdout
    assert run("check", ".", "--baseline", NAME, "--format", "github").stdout == ""
    assert json.loads(run("check", ".", "--baseline", NAME, "--format", "gitlab").stdout) == []


def test_junit_and_sarif_say_that_it_is_known(run: Run, kept: Path) -> None:
    root = ElementTree.fromstring(run("check", ".", "--baseline", NAME, "--format", "junit").stdout)
    assert root.get("failures") == "0"
    assert any("as in the baseline" in (e.text or "") for e in root.iter("system-out"))
    found = json.loads(run("check", ".", "--baseline", NAME, "--format", "sarif").stdout)
    (result,) = found["runs"][0]["results"]
    assert result["suppressions"][0]["kind"] == "external"


def test_a_planted_regression_fails_with_one_annotation_at_its_line(
    run: Run, kept: Path, folder: Path
) -> None:
    path = folder / "right.yaml"
    lines = path.read_text().replace("(yhat - y).sum", "2 * (yhat - y).sum").splitlines()
    path.write_text("\n".join(lines))
    result = run("check", ".", "--baseline", NAME, "--format", "github")
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    number = 1 + next(k for k, text in enumerate(lines) if "2 * (yhat" in text)
    assert line.startswith(f"::error file=right.yaml,line={number},")


def test_a_finding_that_was_fixed_fails_as_stale_until_it_is_pruned(
    run: Run, kept: Path, folder: Path
) -> None:
    fix(folder)
    result = run("check", ".", "--baseline", NAME, "--format", "github")
    assert result.exit_code == 1
    assert result.stdout.count("::error file=wrong.yaml") == result.stdout.count("::") // 2 == 1
    assert "gradcheck baseline prune" in result.stdout
    assert "1 finding in 2 problems before, 0 findings" in run("baseline", "prune", ".").stdout
    assert run("check", ".", "--baseline", NAME).exit_code == 0
    assert run("check", ".").exit_code == 0


def test_pruning_adds_nothing(run: Run, kept: Path, folder: Path) -> None:
    path = folder / "right.yaml"
    path.write_text(path.read_text().replace("(yhat - y)", "(y - yhat)"))
    before = kept.read_bytes()
    assert run("baseline", "prune", ".").exit_code == 0
    assert kept.read_bytes() == before


def test_a_check_leaves_the_baseline_as_it_is(run: Run, kept: Path, folder: Path) -> None:
    before = kept.read_bytes()
    fix(folder)
    run("check", ".", "--baseline", NAME)
    assert kept.read_bytes() == before


def test_a_baseline_is_replaced_only_by_force(run: Run, kept: Path) -> None:
    refused = run("baseline", "create", ".")
    assert refused.exit_code == 2
    assert "prune" in refused.stderr
    assert run("baseline", "create", ".", "--force").exit_code == 0


def test_what_can_t_be_checked_gets_no_baseline(run: Run, folder: Path) -> None:
    result = run("baseline", "create", ".")
    assert result.exit_code == 2
    assert "broken.yaml" in result.stderr
    assert not (folder / NAME).exists()


def test_show_names_what_is_known(run: Run, kept: Path) -> None:
    shown = run("baseline", "show").stdout
    assert "wrong.yaml (wrong one)" in shown
    assert "error[" in shown
    assert "right.yaml" not in shown


def test_a_baseline_and_an_expectation_exclude_each_other(run: Run, kept: Path) -> None:
    result = run("check", ".", "--baseline", NAME, "--expect")
    assert result.exit_code == 2
    assert "give one of them" in result.stderr


def test_a_baseline_that_is_not_there_is_an_error(run: Run) -> None:
    with pytest.raises(BaselineError, match=r"'gradcheck baseline create' writes"):
        run("check", "missing.yaml", "--baseline", "none.json")
