"""The README is true: its commands print what it shows, its configs load, its words are known."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from gradcheck.catalogues import OPS
from gradcheck.cli import main
from gradcheck.config.grammar import grammar

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
RUNS = re.compile(r"<!-- runs -->\n```python\n(.*?)```", re.DOTALL)
CONSOLE = re.compile(r"```console\n\$ (?P<command>.*)\n(?P<output>(?:.*\n)*?)```\n")


def _commands() -> list[str]:
    return [match["command"] for match in CONSOLE.finditer(README.read_text("utf-8"))]


def _run(command: str) -> str:
    words = shlex.split(command)
    assert words[0] == "gradcheck", "the README shows what gradcheck prints"
    result = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"},
    )
    assert result.returncode in (0, 1), result.stderr
    return result.stdout


@pytest.mark.parametrize("command", _commands())
def test_command_prints_what_the_readme_shows(command: str, request: pytest.FixtureRequest) -> None:
    text, output = README.read_text("utf-8"), _run(command)
    block = f"```console\n$ {command}\n{output}```\n"
    if request.config.getoption("--update-golden"):
        shown = next(m for m in CONSOLE.finditer(text) if m["command"] == command)
        README.write_text(text.replace(shown.group(), block), "utf-8")
    assert block in README.read_text("utf-8")


@pytest.mark.parametrize("snippet", RUNS.findall(README.read_text("utf-8")))
def test_python_that_is_said_to_run_runs(snippet: str) -> None:
    exec(compile(snippet, "README.md", "exec"), {"__name__": "readme"})


def test_yaml_blocks_are_pieces_of_a_config() -> None:
    keys = set(grammar(OPS).fields)
    blocks = re.findall(r"```yaml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert len(blocks) >= 5
    for block in blocks:
        piece = yaml.safe_load(block)
        assert set(piece) <= keys, f"unknown keys in {block}"


def test_example_config_is_the_one_that_is_checked() -> None:
    block = re.search(r"```yaml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert block is not None
    shown, shipped = (
        yaml.safe_load(text) for text in (block[1], (ROOT / "configs/sine.yaml").read_text("utf-8"))
    )
    assert shown["network"] == shipped["network"]
    assert shown["loss"] == shipped["loss"]
    assert shown["gradients"]["backward"].split() == [
        word
        for line in shipped["gradients"]["backward"].splitlines()
        for word in line.partition("#")[0].split()
    ]


def test_every_option_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`(--[a-z][a-z-]*)", README.read_text("utf-8")))
    commands = [
        main.get_command(click.Context(main), name) for name in ("check", "paste", "init", "module")
    ]
    parameters = [p for each in commands if each for p in each.params]
    known = {option for p in parameters for option in (*p.opts, *p.secondary_opts)}
    assert named <= known, f"unknown: {named - known}"


def test_scripts_that_the_readme_names_exist_and_are_executable() -> None:
    named = set(re.findall(r"\./(scripts/\w+)", README.read_text("utf-8")))
    assert named == {"scripts/gradcheck", "scripts/test"}
    for name in named:
        assert os.access(ROOT / name, os.X_OK), f"{name} is not executable"
