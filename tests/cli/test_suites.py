"""Suites on the command line: shards and their merging, what has changed, what is kept."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def suite(folder: Path) -> Path:
    """Be in a folder with eleven configs in two folders, one of them with three problems."""
    right, wrong = (folder / "right.yaml").read_text(), (folder / "wrong.yaml").read_text()
    (folder / "suite" / "deep").mkdir(parents=True)
    for number in range(7):
        (folder / "suite" / f"n{number}.yaml").write_text(wrong if number == 3 else right)
    for number in range(3):
        (folder / "suite" / "deep" / f"n{number}.yaml").write_text(right)
    (folder / "suite" / "deep" / "several.yaml").write_text(f"{right}---\n{wrong}---\n{right}")
    (folder / "suite" / "other.yaml").write_text("a: 1\n")
    return folder


def report(run: Run, *arguments: str) -> str:
    return run("check", "suite", "--format", "json", *arguments).stdout


@pytest.mark.parametrize("count", [1, 2, 3, 5, 13])
def test_merged_shards_are_one_run_byte_for_byte(run: Run, suite: Path, count: int) -> None:
    whole = report(run)
    names = []
    for index in range(count, 0, -1):
        names.append(f"shard{index}.json")
        (suite / names[-1]).write_text(report(run, "--shard", f"{index}/{count}"))
    merged = run("merge", *names, "--format", "json")
    assert merged.stdout == whole
    assert merged.exit_code == 1
    assert len(json.loads(whole)["problems"]) == 13


def test_merged_shards_are_held_against_a_baseline_as_one_run_is(run: Run, suite: Path) -> None:
    run("baseline", "create", "suite", "right.yaml")
    first, fourth = suite / "suite" / "n0.yaml", suite / "suite" / "n3.yaml"
    first.write_text(first.read_text().replace("yhat - y)", "y - yhat)"))
    fourth.write_text(fourth.read_text().replace("y - yhat)", "yhat - y)"))
    (suite / "suite" / "deep" / "n1.yaml").unlink()
    known = ["--baseline", "gradcheck-baseline.json"]
    whole = report(run, *known)
    for index in (1, 2):
        (suite / f"{index}.json").write_text(report(run, "--shard", f"{index}/2"))
    merged = run("merge", "1.json", "2.json", "--format", "json", *known)
    assert merged.stdout == whole
    assert merged.exit_code == 1
    told = " ".join(line for p in json.loads(whole)["problems"] for line in p["regressions"])
    assert "not found any more" in told
    assert "no such problem" in told
    run("baseline", "create", "suite", "--force")
    again = run("merge", "1.json", "2.json", *known)
    assert again.exit_code == 0, again.stdout


def test_reports_with_expectations_are_not_held_against_a_baseline(run: Run, suite: Path) -> None:
    run("baseline", "create", "right.yaml")
    run("check", "right.yaml", "--expect", "--format", "json=expected.json")
    result = run("merge", "expected.json", "--baseline", "gradcheck-baseline.json")
    assert result.exit_code == 2
    assert "--expect" in result.stderr


def test_shards_share_the_targets_out(run: Run, suite: Path) -> None:
    shares = [json.loads(report(run, "--shard", f"{k}/2"))["problems"] for k in (1, 2)]
    targets = [{problem["target"] for problem in share} for share in shares]
    assert not targets[0] & targets[1]
    assert sorted(map(len, targets)) == [5, 6]


def test_an_empty_shard_passes(run: Run, suite: Path) -> None:
    assert run("check", "right.yaml", "--shard", "2/2").exit_code == 0


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/-1", "²/3"])
def test_what_is_no_shard_is_refused(run: Run, text: str) -> None:
    result = run("check", "right.yaml", "--shard", text)
    assert result.exit_code == 2
    assert "expected I/N" in result.stderr


def test_shards_that_are_missing_or_doubled_are_refused(run: Run, suite: Path) -> None:
    (suite / "one.json").write_text(report(run, "--shard", "1/2"))
    (suite / "whole.json").write_text(report(run))
    for names in (["one.json"], ["one.json", "one.json"], ["one.json", "whole.json"]):
        result = run("merge", *names)
        assert result.exit_code == 2
        assert "expected every shard of one run" in result.stderr


def test_reports_of_different_runs_are_put_one_behind_the_other(run: Run, suite: Path) -> None:
    for name in ("right", "wrong"):
        run("check", f"{name}.yaml", "--format", f"json={name}.json")
    result = run("merge", "wrong.json", "right.json", "--format", "concise")
    assert result.exit_code == 1
    assert "2 problems: 1 right, 1 wrong" in result.stdout
    assert run("merge", "right.json").exit_code == 0


def test_a_merged_report_is_told_in_any_format(run: Run, suite: Path) -> None:
    run("check", "wrong.yaml", "--format", "json=wrong.json")
    for name in ("text", "markdown", "junit", "github", "gitlab", "concise"):
        alone = run("check", "wrong.yaml", "--format", name).stdout
        assert run("merge", "wrong.json", "--format", name).stdout == alone
    rules = json.loads(run("merge", "wrong.json", "--format", "sarif").stdout)["runs"][0]["tool"]
    assert len(rules["driver"]["rules"]) > 300


@pytest.mark.parametrize("text", ["", "{}", '{"version": 99}', "[3]"])
def test_what_is_no_report_is_not_merged(run: Run, folder: Path, text: str) -> None:
    (folder / "odd.json").write_text(text)
    result = run("merge", "odd.json")
    assert result.exit_code == 2
    assert "expected a report" in result.stderr


def test_results_are_kept_unless_that_is_forbidden(run: Run, folder: Path) -> None:
    run("check", "right.yaml", "--no-cache")
    assert not (folder / ".gradcheck_cache").exists()
    first = run("check", "right.yaml", "--format", "json").stdout
    assert (folder / ".gradcheck_cache").is_dir()
    assert run("check", "right.yaml", "--format", "json").stdout == first


def test_expectations_decide_in_every_format(run: Run, folder: Path) -> None:
    text = (folder / "wrong.yaml").read_text()
    expect = "expect: {verdict: wrong, wrong: [output.weight]}\n"
    (folder / "wrong.yaml").write_text(text + expect)
    (folder / "other.yaml").write_text(text + expect.replace("weight", "bias"))
    silent = {"github": "", "gitlab": "[]\n"}
    for name in ("text", "json", "junit", "github", "gitlab", "sarif", "concise", "html"):
        held = run("check", "wrong.yaml", "--expect", "--format", name)
        assert held.exit_code == 0, name
        assert silent.get(name, held.stdout) == held.stdout
        other = run("check", "other.yaml", "--expect", "--format", name)
        assert other.exit_code == 1, name
        assert "output.bias" in other.stdout
    (problem,) = json.loads(run("check", "wrong.yaml", "--expect", "--format", "json").stdout)[
        "problems"
    ]
    assert problem["findings"] != []


@pytest.fixture
def repository(suite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be in the suite, in a Git repository."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    (suite / "suite" / "back.py").write_text("def backward(p, i, t): return {}\n")
    python = (suite / "right.yaml").read_text().partition("gradients:")[0]
    (suite / "suite" / "calls.yaml").write_text(
        f"{python}gradients: {{python: 'mod:backward'}}\ncheck: {{mode: quick, points: 1}}\n"
    )
    me = ("-c", "user.name=a", "-c", "user.email=a@b")
    for command in (["init", "-q"], ["add", "-A"], [*me, "commit", "-qm", "all"]):
        subprocess.run(["git", *command], check=True)
    return suite


def changed(run: Run) -> list[str]:
    written = json.loads(report(run, "--changed-since", "HEAD", "--no-python"))
    return [problem["target"] for problem in written["problems"]]


def test_only_what_has_changed_is_checked(run: Run, repository: Path) -> None:
    assert changed(run) == []
    assert run("check", "suite", "--changed-since", "HEAD").exit_code == 0
    path = repository / "suite" / "n5.yaml"
    path.write_text(path.read_text() + "# changed\n")
    shutil.copy(path, repository / "suite" / "new.yaml")
    assert changed(run) == ["suite/n5.yaml", "suite/new.yaml"]


def test_a_changed_module_may_concern_every_config_that_runs_python(
    run: Run, repository: Path
) -> None:
    (repository / "suite" / "back.py").write_text("# changed\n")
    assert changed(run) == ["suite/calls.yaml"]


def test_a_changed_file_concerns_the_configs_that_name_it(run: Run, repository: Path) -> None:
    path = repository / "suite" / "n2.yaml"
    path.write_text(path.read_text().replace("{normal: [0, 1]}", "{file: y.csv}", 1))
    subprocess.run(["git", "add", "-A"], check=True)
    me = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *me, "commit", "-qm", "file"], check=True)
    assert changed(run) == []
    (repository / "suite" / "y.csv").write_text("1,2\n")
    assert changed(run) == ["suite/n2.yaml"]


def test_a_revision_that_is_not_there_is_an_error(run: Run, repository: Path) -> None:
    result = run("check", "suite", "--changed-since", "nowhere")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
