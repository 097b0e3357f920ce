"""The pytest plugin: configs as tests, and `assert_gradients` as a fixture.

Configs whose paths match one of the `gradcheck_configs` patterns become files of tests, with an
item for each problem and layer. pytest loads this with every run, so all else is imported late.
"""

from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gradcheck.baseline import Baseline
    from gradcheck.report import Check, Finding, ProblemReport, Report

KNOWN = pytest.StashKey["Baseline | None"]()

LOAD, BASELINE, EXPECTATION = "load", "baseline", "expect"
"""The items that belong to no layer."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gradcheck", "checks of hand-written gradients")
    group.addoption(
        "--gradcheck-baseline",
        type=Path,
        metavar="FILE",
        help="fail only for what is not in this file; see 'gradcheck baseline'",
    )
    parser.addini(
        "gradcheck_configs",
        type="args",
        default=[],
        help="patterns of gradcheck configs to be collected, relative to the root: configs/*.yaml",
    )
    parser.addini(
        "gradcheck_expect", type="bool", default=False, help="compare with each config's 'expect'"
    )
    parser.addini(
        "gradcheck_timeout",
        default="30",
        help="seconds for each call of a function that a config names",
    )


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("gradcheck_baseline", default=None)
    config.stash[KNOWN] = None if path is None else _read(path)


def _read(path: Path) -> "Baseline":
    from gradcheck.baseline import read
    from gradcheck.errors import GradcheckError

    try:
        return read(path)
    except GradcheckError as error:
        raise pytest.UsageError(f"--gradcheck-baseline: {error}") from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ConfigFile | None":
    patterns = parent.config.getini("gradcheck_configs")
    if not patterns or file_path.suffix.lower() not in (".yaml", ".yml"):
        return None
    try:
        name = file_path.relative_to(parent.config.rootpath).as_posix()
    except ValueError:
        return None
    if not any(fnmatch(name, pattern) for pattern in patterns):
        return None
    return ConfigFile.from_parent(parent, path=file_path)


@pytest.fixture(scope="session")
def assert_gradients() -> Callable[..., None]:
    """Check gradients and fail with the diagnosis; see `gradcheck.assert_gradients`."""
    from gradcheck.api import assert_gradients

    return assert_gradients


class ConfigFile(pytest.File):
    """A config; its problems are all checked when the first of its items runs."""

    def collect(self) -> Iterator["Item"]:
        from gradcheck.catalogues import FAULTS, OPS
        from gradcheck.config.load import Loader
        from gradcheck.config.opening import Document, opened
        from gradcheck.settings import Policy

        loader = Loader(ops=OPS, faults=FAULTS, policy=Policy())
        expect = self.config.getini("gradcheck_expect")
        for number, document in enumerate(opened(self.path, str(self.path))):
            names = loader.parameters(document) if isinstance(document, Document) else ()
            parts = [LOAD] if not names else [EXPECTATION] if expect else [*_groups(names)]
            if names and self.config.stash[KNOWN] is not None and not expect:
                parts.append(BASELINE)
            for part in parts:
                yield Item.from_parent(
                    self, name=f"{document.name}[{part}]", number=number, part=part
                )

    @cached_property
    def report(self) -> "Report":
        from gradcheck.session import Request, Target, run
        from gradcheck.settings import Policy

        target = Target(path=self.path, name=str(self.path))
        expect = self.config.getini("gradcheck_expect")
        policy = Policy(timeout=_seconds(self.config.getini("gradcheck_timeout")))
        report = run(Request(targets=(target,), expect=expect, policy=policy))
        known = self.config.stash[KNOWN]
        if known is None:
            return report
        from gradcheck.baseline import compared

        return compared(report, known, whole=False)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise pytest.UsageError(f"gradcheck_timeout: expected seconds, such as 30, found {text!r}")
    return seconds


def _groups(names: tuple[str, ...]) -> dict[str, None]:
    """Return the layers that parameters belong to, in order."""
    return dict.fromkeys(_group(name) for name in names)


def _group(parameter: str) -> str:
    return parameter.rpartition(".")[0] or parameter


class WrongGradient(Exception):  # noqa: N818
    """What an item has to say; its text is a report."""


class Item(pytest.Item):
    """The parameters of one layer in one problem, or what concerns the problem as a whole."""

    def __init__(self, *, number: int, part: str, **more: Any) -> None:
        super().__init__(**more)
        self._number, self._part = number, part

    def runtest(self) -> None:
        assert isinstance(self.parent, ConfigFile)
        problem = self.parent.report.problems[self._number]
        if problem.verdict == "error":
            raise WrongGradient(problem.message)
        if self._part == EXPECTATION:
            if not problem.expected:
                raise WrongGradient("\n".join([*problem.unexpected, _rendered(problem)]))
        elif self._part == BASELINE:
            if problem.regressions:
                raise WrongGradient("\n".join(problem.regressions))
        elif not problem.held:
            self._judge(problem)

    def _judge(self, problem: "ProblemReport") -> None:
        """Fail for what is wrong in the layer and skip what is undecided."""
        from dataclasses import replace

        checks = tuple(c for c in problem.checks if _group(c.parameter) == self._part)
        findings = tuple(f for f in problem.findings if _concerns(f, checks))
        if any(_is_wrong(check, findings) for check in checks):
            part = replace(problem, checks=checks, findings=findings, remarks=())
            raise WrongGradient(_rendered(part))
        undecided = [c for c in checks if c.verdict == "undecided" and c.accepted is None]
        if undecided:
            reasons = {f"{check.parameter}: {check.reason}" for check in undecided}
            pytest.skip(f"undecided, {', '.join(sorted(reasons))}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, WrongGradient):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name


def _concerns(finding: "Finding", checks: "tuple[Check, ...]") -> bool:
    return not {check.parameter for check in checks}.isdisjoint(finding.parameters)


def _is_wrong(check: "Check", findings: "tuple[Finding, ...]") -> bool:
    """Tell whether a check is wrong and no baseline, and nothing accepted, accounts for it."""
    if check.verdict != "wrong" or check.accepted is not None:
        return False
    mine = [f for f in findings if f.level == "error" and check.parameter in f.parameters]
    return not mine or not all(finding.known or finding.accepted for finding in mine)


def _rendered(problem: "ProblemReport") -> str:
    from gradcheck import __version__
    from gradcheck.report import Report
    from gradcheck.reporter import Style
    from gradcheck.reporters.text import REPORTER

    return REPORTER.render(Report(problems=(problem,), tool_version=__version__), Style())
