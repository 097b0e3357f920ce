"""`gradcheck module`: layers, functions and steps that are named on the command line."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gradcheck.cli import main

HERE = Path(__file__).parent
README = (HERE.parents[1] / "README.md").read_text("utf-8")
SNIPPET = re.search(r"<!-- needs layers.py: .* -->\n```sh\n(.*?)```", README, re.DOTALL)


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes as the command itself does, which matters for the time that they take."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")


def _run(arguments: str, *more: str) -> tuple[int, str]:
    target, *rest = shlex.split(arguments, comments=True)
    result = CliRunner().invoke(main, ["module", str(HERE / target), *rest, *more])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def _problems(arguments: str) -> Any:
    code, output = _run(arguments, "--format", "json")
    return code, json.loads(output)["problems"]


@pytest.mark.parametrize("line", SNIPPET[1].splitlines() if SNIPPET else [])
def test_the_commands_of_the_readme_find_right_code_right(line: str) -> None:
    code, output = _run(
        line.removeprefix("gradcheck module ").replace("layers.py", "layers_by_name.py"), "-q"
    )
    assert code == 0, output


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("Embedding", {"3x4 of ids"}),
        ("Recurrent", {"3x4x5", "3x1x5", "1x4x5"}),
        ("MaxPool", {"3x2x6x5", "1x2x6x5"}),
    ],
)
def test_inputs_are_guessed_hostile_but_legal(name: str, labels: set[str]) -> None:
    code, problems = _problems(f"layers_by_name.py:{name}")
    assert code == 0
    assert {p["verdict"] for p in problems} == {"right"}
    assert labels <= {p["name"].removeprefix(f"{name} (")[:-1] for p in problems}


def test_the_options_of_a_check_hold_for_modules_too(tmp_path: Path) -> None:
    target = "layers_by_name.py:Dense --shape 7x5 --set inputs=5 --set outputs=3 --points 1"
    options = ["--budget", "60", "--output", str(tmp_path / "dense.txt"), "-v"]
    code, _ = _run(target, *options)
    told = (tmp_path / "dense.txt").read_text("utf-8")
    assert code in (0, 3)
    assert "--budget allows it more" in " ".join(told.split())


@pytest.mark.parametrize(("name", "fault"), [("LastRowOnly", "EMB01"), ("Forgetful", "RNN")])
def test_mistakes_of_wrong_layers_get_their_names(name: str, fault: str) -> None:
    code, problems = _problems(f"layers_by_name.py:{name}")
    assert code == 1
    codes = {f["code"] for f in problems[0]["findings"] if f["level"] == "error"}
    assert all(found.startswith(fault) for found in codes), codes
    assert codes


def test_an_object_that_is_there_already_is_checked_as_it_is() -> None:
    code, problems = _problems("layers_by_name.py:ready")
    assert code == 0
    assert [c["parameter"] for c in problems[0]["checks"]] == ["W", "b", "x"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("layers_by_name.py:Dens", "did you mean 'Dense'?"),
        ("layers_by_name.py:number", "has no backward pass|has no forward pass"),
        ("layers_by_name.py:cost", "say their shapes"),
        ("layers_by_name.py:affine_forward", "say them in order"),
        ("layers_by_name.py:Dense --set units=3", "takes no argument 'units'"),
        ("nowhere.py:Dense", "there is no file"),
        ("layers_by_name.py:Network --step jump", "has no method .jump"),
    ],
)
def test_what_can_not_be_checked_is_an_error_that_says_what_to_do(
    arguments: str, said: str
) -> None:
    code, output = _run(arguments)
    assert code == 2
    assert re.search(said, " ".join(output.split())), output


@pytest.mark.parametrize("option", ["--shape 3y5", "--shape 0x3", "--set 3", "--set a=b"])
def test_options_that_mean_nothing_are_refused(option: str) -> None:
    code, output = _run(f"layers_by_name.py:Dense {option}")
    assert code == 2
    assert "expected" in output


def test_the_page_has_pictures_of_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "cost.py"
    path.write_text("def cost(p):\n    return (p['w'] ** 3).sum(), {'w': p['w'] ** 2}\n")
    code, page = _run(f"{path}:cost --shape w=2x3", "--format", "html")
    assert code == 1
    assert page.count("<svg") == 3
