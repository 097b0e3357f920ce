"""Pasted programs, understood and judged in this process."""

import ast
import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from gradcheck.paste.elsewhere.look import elsewhere
from gradcheck.paste.running.prepare import prepare
from gradcheck.paste.understanding.choice import Choice
from gradcheck.paste.understanding.inquiry import Inquiry
from gradcheck.paste.understanding.machine import Machine, Scene
from gradcheck.paste.understanding.understand import understood
from gradcheck.paste.verdicts import Judged, judged
from gradcheck.record import record

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.yaml"))


@record
class Result:
    """What was understood of each step of a program, the verdicts, and what else was remarked."""

    steps: list[dict[str, Any]]
    judged: list[Judged]
    remarks: frozenset[str] = frozenset()

    def names(self, verdict: str) -> set[str]:
        checks = [check for one in self.judged for check in one.checks]
        return {check.parameter for check in checks if check.verdict == verdict}

    @property
    def loss(self) -> Any:
        return self.steps[0]["loss"]


@record
class Sample:
    """A right program of the folder `programs`; `mistakes` spoil it by replacement.

    `remarks` are the codes of what else is true of it.
    """

    name: str
    source: str
    steps: int
    undecided: frozenset[str]
    remarks: frozenset[str]
    mistakes: tuple[Mapping[str, Any], ...]

    def spoiled(self, mistake: Mapping[str, Any]) -> str:
        assert mistake["old"] in self.source
        return self.source.replace(mistake["old"], mistake["new"])


Understand = Callable[[str], Result]


@pytest.fixture
def understand() -> Understand:
    """Prepare a program, understand it, and judge it as it comes through the pipe."""

    def understand_source(source: str) -> Result:
        steps = json.loads(json.dumps(understood(prepare(source))))["steps"]
        return Result(steps=steps, judged=[judged(step) for step in steps])

    return understand_source


@pytest.fixture
def overhear() -> Understand:
    """Do so, and listen to what is said about the rest of the program."""

    def understand_source(source: str) -> Result:
        program = prepare(source)
        heard: set[str] = set()

        def then(
            inquiry: Inquiry, choice: Choice | None, told: dict[str, Any]
        ) -> Mapping[str, Any]:
            found = elsewhere(inquiry, choice, told, program) if choice else []
            heard.update(remark["code"] for remark in found)
            return {}

        steps = json.loads(json.dumps(understood(program, then)))["steps"]
        verdicts = [judged(step) for step in steps]
        return Result(steps=steps, judged=verdicts, remarks=frozenset(heard))

    return understand_source


@pytest.fixture
def scene() -> Callable[[str], Scene]:
    """Run all but a program's last statement; the scene is that one."""

    def make(source: str) -> Scene:
        machine = Machine(ast.parse(source), {"__name__": "__main__"})
        for statement in range(len(machine.statements) - 1):
            assert machine.run(statement, None, 5.0).error is None
        return Scene(machine, len(machine.statements) - 1)

    return make


@functools.cache
def load(path: Path) -> Sample:
    given = yaml.safe_load(path.read_text())
    return Sample(
        name=path.stem,
        source=given["source"],
        steps=given.get("steps", 1),
        undecided=frozenset(given.get("undecided", ())),
        remarks=frozenset(given.get("remarks", ())),
        mistakes=tuple(given.get("mistakes", ())),
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give tests with a `sample` all programs; with a mistake, its first or its further ones."""
    if "sample" not in metafunc.fixturenames:
        return
    samples = [load(path) for path in PROGRAMS]
    for name, is_first in (("first_mistake", True), ("further_mistake", False)):
        if name in metafunc.fixturenames:
            pairs = [
                pytest.param(sample, mistake, id=f"{sample.name}-{number}")
                for sample in samples
                for number, mistake in enumerate(sample.mistakes)
                if (number == 0) == is_first
            ]
            metafunc.parametrize(("sample", name), pairs)
            return
    metafunc.parametrize("sample", samples, ids=lambda sample: sample.name)
