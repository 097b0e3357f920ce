"""What brings gradcheck into other projects: jobs, an action, a hook and a magic."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from gradcheck import notebook
from gradcheck.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
SNIPPETS = [yaml.safe_load(text) for text in re.findall(r"```yml\n(.*?)```", README, re.DOTALL)]

BASH = shutil.which("bash")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one right config and, in the way, commands named `gradcheck` and `pip`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "configs").mkdir()
    shutil.copy(ROOT / "gradcheck/config/starter.yaml", tmp_path / "configs/mine.yaml")
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, text in (("gradcheck", f'exec "{sys.executable}" -m gradcheck "$@"'), ("pip", ":")):
        (commands / name).write_text(f"#!/bin/sh\n{text}\n")
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def _sh(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    assert BASH is not None
    return subprocess.run(
        [BASH, "-eo", "pipefail", "-c", script],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def _init(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["init", *arguments], catch_exceptions=True)


@pytest.mark.skipif(BASH is None, reason="the scripts of jobs are for bash")
def test_the_job_for_github_checks_and_leaves_a_file_for_code_scanning(project: Path) -> None:
    assert _init("--ci", "github", "--targets", "configs").exit_code == 0
    job = yaml.safe_load((project / ".github/workflows/gradcheck.yml").read_text())
    scripts = [step["run"] for step in job["jobs"]["gradcheck"]["steps"] if "run" in step]
    summary = project / "summary.md"
    done = _sh("\n".join(scripts), GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 0, done.stderr
    assert (project / "gradcheck.sarif").is_file()
    assert "right" in summary.read_text()


@pytest.mark.skipif(BASH is None, reason="the scripts of jobs are for bash")
def test_the_job_for_gitlab_leaves_the_files_that_it_names(project: Path) -> None:
    assert _init("--ci", "gitlab", "--targets", "configs").exit_code == 0
    job = yaml.safe_load((project / ".gitlab-ci.yml").read_text())["gradcheck"]
    done = _sh("\n".join(job["script"]))
    assert done.returncode == 0, done.stderr
    for name in job["artifacts"]["reports"].values():
        assert (project / name).is_file()


@pytest.mark.skipif(BASH is None, reason="the scripts of the action are for bash")
def test_the_action_runs_with_the_inputs_of_the_readme(project: Path) -> None:
    action = yaml.safe_load((ROOT / ".github/action.yml").read_text("utf-8"))
    (use,) = next(s for s in SNIPPETS if isinstance(s, list))
    assert set(use["with"]) <= set(action["inputs"])
    given = {name: about["default"] for name, about in action["inputs"].items()} | use["with"]
    step = action["runs"]["steps"][-1]
    environment = {
        key: given[re.sub(r"\$\{\{ inputs\.(.*) \}\}", r"\1", value)]
        for key, value in step["env"].items()
    }
    done = _sh(step["run"], **environment)
    assert done.returncode == 0, done.stderr
    assert (project / "gradcheck.sarif").is_file()
    wrong = (project / "configs/mine.yaml").read_text().replace("delta = ", "delta = 2 * ")
    (project / "configs/mine.yaml").write_text(wrong)
    failed = _sh(step["run"], **environment)
    assert failed.returncode == 1
    assert "::error" in failed.stdout


def test_the_hook_of_the_readme_is_one_that_there_is() -> None:
    hooks = {h["id"]: h for h in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    shown = next(s for s in SNIPPETS if isinstance(s, dict) and "repos" in s)
    (used,) = shown["repos"][0]["hooks"]
    hook = hooks[used["id"]]
    assert re.search(used["files"], "configs/mine.yaml")
    assert re.search(hook["files"], "gradcheck.yaml")
    assert not re.search(hook["files"], "docker-compose.yaml")
    name, command = hook["entry"].split()
    assert (name, command) == ("gradcheck", "check")


SCHEMAS = {
    "action": "https://json.schemastore.org/github-action.json",
    "github": "https://json.schemastore.org/github-workflow.json",
    "gitlab": "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/"
    "schema/ci.json",
}


def _complaints(schema: Any, text: str) -> list[str]:
    # YAML 1.1 takes `on:` for true.
    found = {"on" if key is True else key: value for key, value in yaml.safe_load(text).items()}
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(found)]


def test_the_action_and_the_jobs_are_what_the_services_take(
    project: Path, official: Callable[[str], Any]
) -> None:
    assert _init("--ci", "github").exit_code == _init("--ci", "gitlab").exit_code == 0
    texts = {
        "action": (ROOT / ".github/action.yml").read_text("utf-8"),
        "github": (project / ".github/workflows/gradcheck.yml").read_text("utf-8"),
        "gitlab": (project / ".gitlab-ci.yml").read_text("utf-8"),
    }
    for name, text in texts.items():
        assert _complaints(official(SCHEMAS[name]), text) == [], name
    assert _complaints(official(SCHEMAS["github"]), texts["github"].replace("runs-on", "runs"))


@pytest.mark.parametrize("ci", ["github", "gitlab"])
def test_names_that_mean_something_in_yaml_are_checked_as_they_are(project: Path, ci: str) -> None:
    assert _init("job.yml", "--ci", ci, "--targets", "a: b #c").exit_code == 0
    job = yaml.safe_load((project / "job.yml").read_text("utf-8"))
    steps = job["jobs"]["gradcheck"]["steps"] if ci == "github" else []
    scripts = [step["run"] for step in steps if "run" in step] or job["gradcheck"]["script"]
    assert any("gradcheck check 'a: b #c' --format" in script for script in scripts)


def test_a_job_that_is_there_is_not_replaced_without_being_told(project: Path) -> None:
    assert _init("--ci", "gitlab").exit_code == 0
    assert _init("--ci", "gitlab").exit_code == 2
    assert _init("--ci", "gitlab", "--force").exit_code == 0


CELL = """
import numpy as np
x, y = np.random.randn(5, 3), np.random.randn(5, 2)
w = np.random.randn(3, 2)
for i in range(100):
    error = x @ w - y
    loss = 0.5 * np.sum(error**2)
    w -= 0.01 * x.T @ error
"""


class Shell:
    """As much of IPython as the magic needs."""

    def __init__(self) -> None:
        self.magics: dict[str, Any] = {}
        self.ran: list[str] = []

    def register_magic_function(self, function: Any, magic_kind: str, magic_name: str) -> None:
        self.magics[magic_kind, magic_name] = function  # type: ignore[index]

    def run_cell(self, cell: str) -> None:
        self.ran.append(cell)


def test_the_magic_shows_the_page_of_its_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    import gradcheck

    shown: list[str] = []
    display = SimpleNamespace(HTML=str, display=shown.append)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(display=display))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    shell = Shell()
    gradcheck.load_ipython_extension(shell)
    magic = shell.magics["cell", "gradcheck"]  # type: ignore[index]
    magic("--no-sandbox", CELL)
    assert "&lt;html" in shown[0]
    assert "right" in shown[0]
    assert not shell.ran
    magic("--run --no-sandbox", CELL)
    assert shell.ran == [CELL]
    with pytest.raises(ValueError, match="found '--fast'"):
        magic("--fast", CELL)


def test_a_wrong_cell_is_said_to_be_wrong() -> None:
    wrong = notebook.page(CELL.replace("0.01 * x.T", "-0.01 * x.T"), sandboxed=False)
    assert 'class="verdict wrong"' in wrong


def test_the_magic_works_in_ipython_itself() -> None:
    pytest.importorskip("IPython", reason="pip install 'gradcheck[jupyter]' has it tested")
    code = (
        "from IPython.core.interactiveshell import InteractiveShell as S; ip = S.instance();"
        "ip.run_line_magic('load_ext', 'gradcheck');"
        f"ip.run_cell_magic('gradcheck', '--no-sandbox', {CELL!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False
    )
    assert "IPython.core.display.HTML" in done.stdout, done.stderr
