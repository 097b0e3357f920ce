"""The project's settings, codes that are left out, hints and watching, on the command line."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from gradcheck.cli import _watch
from gradcheck.cli._project import project
from gradcheck.errors import ConfigError

Run = Callable[..., Result]


def points(result: Result) -> int:
    (problem,) = json.loads(result.stdout)["problems"]
    return len(problem["probes"])


@pytest.fixture
def free(folder: Path) -> Path:
    """Be in the folder with a config that says nothing about how to check."""
    path = folder / "free.yaml"
    path.write_text((folder / "right.yaml").read_text().partition("check:")[0])
    return folder


@pytest.mark.parametrize(
    ("name", "head"), [("pyproject.toml", "[tool.gradcheck]\n"), ("gradcheck.toml", "")]
)
def test_the_nearest_file_s_settings_hold_below_it(
    run: Run, free: Path, monkeypatch: pytest.MonkeyPatch, name: str, head: str
) -> None:
    (free / name).write_text(f"{head}points = 2\nformat = ['json']\n")
    (free / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(free / "deep" / "er")
    assert points(run("check", "../../free.yaml")) == 2


def test_a_config_goes_before_the_project_and_the_command_line_before_both(
    run: Run, free: Path
) -> None:
    (free / "gradcheck.toml").write_text("points = 5\nformat = ['json']\n")
    assert points(run("check", "free.yaml")) == 5
    assert points(run("check", "right.yaml")) == 1
    assert points(run("check", "right.yaml", "--points", "2")) == 2
    assert "probe" in run("check", "free.yaml", "--format", "text").stdout


def test_a_pyproject_without_settings_leaves_the_word_to_others(run: Run, free: Path) -> None:
    (free / "pyproject.toml").write_text("[project]\nname = 'gradcheck-user'\n")
    (free / "gradcheck.toml").write_text("points = 2\nformat = ['json']\n")
    assert points(run("check", "free.yaml")) == 2


def test_targets_and_a_baseline_are_relative_to_the_file(
    run: Run, free: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (free / "pyproject.toml").write_text(
        "[tool.gradcheck]\ntargets = ['wrong.yaml']\nbaseline = 'known.json'\n"
    )
    run("baseline", "create", "--baseline", "known.json")
    (free / "deep").mkdir()
    monkeypatch.chdir(free / "deep")
    result = run("check")
    assert result.exit_code == 0
    assert "as in the baseline" in result.stdout


def test_without_targets_anywhere_they_are_asked_for(run: Run, free: Path) -> None:
    result = run("check")
    assert result.exit_code == 2
    assert "TARGET" in result.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pionts = 2", "there is no setting 'pionts'; did you mean 'points'?"),
        ("points = 0", "points: expected a whole number, 1 to 1000, found 0"),
        ("points = true", "points: expected a whole number"),
        ("mode = 'fast'", "mode: expected one of quick, full, exhaustive, found 'fast'"),
        ("rtol = -1", "rtol: expected a finite number, 0 or more, found -1"),
        ("select = 'SGN'", "select: expected a list of texts, found 'SGN'"),
        ("expect = 1", "expect: expected true or false, found 1"),
        ("budget = '3 days'", "budget: expected a number of evaluations"),
        ("points = ", "this is no TOML"),
    ],
)
def test_what_can_t_be_used_is_named(free: Path, text: str, words: str) -> None:
    (free / "gradcheck.toml").write_text(text)
    with pytest.raises(ConfigError) as error:
        project(free)
    assert str(error.value).startswith("gradcheck.toml: ")
    assert words in str(error.value)


def test_the_command_line_can_take_a_switch_back(run: Run, free: Path) -> None:
    (free / "gradcheck.toml").write_text("expect = true\ncache = false\n")
    (free / "wrong.yaml").write_text((free / "wrong.yaml").read_text() + "expect: {verdict: wrong}")
    assert run("check", "wrong.yaml").exit_code == 0
    assert not (free / ".gradcheck_cache").exists()
    assert run("check", "wrong.yaml", "--no-expect", "--cache").exit_code == 1
    assert (free / ".gradcheck_cache").exists()


def test_codes_are_selected_and_ignored_by_how_they_begin(run: Run) -> None:
    codes = [
        finding["code"]
        for problem in json.loads(run("check", "wrong.yaml", "--format", "json").stdout)["problems"]
        for finding in problem["findings"]
        if finding["level"] == "error"
    ]
    assert len(codes) == 1
    family = codes[0][:3].lower()
    assert run("check", "wrong.yaml", "--select", family).exit_code == 1
    ignored = run("check", "wrong.yaml", "--ignore", f"TRN,{family}")
    assert ignored.exit_code == 0
    assert f"{codes[0]} is not asked for" in ignored.stdout


def test_a_code_that_none_begins_with_is_refused(run: Run) -> None:
    result = run("check", "wrong.yaml", "--select", "SGN,XYZ")
    assert result.exit_code == 2
    assert "no code begins with 'XYZ'" in result.stderr


def test_hints_tell_step_by_step(run: Run, folder: Path) -> None:
    path = folder / "wrong.yaml"
    path.write_text(path.read_text().replace("(yhat - y)", "(y - yhat)"))
    told = [run("check", "wrong.yaml", "--hint", str(level)).stdout for level in (1, 2, 3)]
    assert all("output.weight" in text for text in told)
    assert ["-->" in text for text in told] == [False, True, True]
    assert ["SGN01" in text for text in told] == [False, False, True]
    assert all("fix (" not in text and "--hint" in text for text in told)
    assert run("check", "wrong.yaml", "--hint", "4").stdout == run("check", "wrong.yaml").stdout


def test_a_hint_and_a_patch_exclude_each_other(run: Run) -> None:
    assert run("check", "wrong.yaml", "--hint", "2", "--diff").exit_code == 2


def test_watching_checks_again_when_a_file_changes(
    run: Run, free: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = free / "wrong.yaml"

    class Clock:
        """Mends the config at the first look, and ends the watch at the second."""

        slept = 0

        def sleep(self, seconds: float) -> None:
            self.slept += 1
            if self.slept > 1:
                raise KeyboardInterrupt
            path.write_text(path.read_text().replace("(y - yhat)", "(yhat - y)"))
            os.utime(path, (9e8, 9e8))

    monkeypatch.setattr(_watch, "time", Clock())
    result = run("check", "wrong.yaml", "--watch", "--format", "concise")
    assert result.exit_code == 0
    assert "1 problem: 1 wrong" in result.stdout
    assert result.stdout.endswith("1 problem: 1 right\n")
    assert result.stderr.count("watching 1 file;") == 2
