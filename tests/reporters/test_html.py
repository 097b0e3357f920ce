"""The page in a real browser: no complaint, no network, and what the terminal shows."""

import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from gradcheck.report import Descent, Pictures, Portrait, Report, Sweep
from gradcheck.reporter import Style
from gradcheck.reporters import html
from gradcheck.reporters._drawing import Plot, axis, ticks
from gradcheck.session import Request, Target, run

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
CONFIG = """\
name: tanh net
network:
  inputs: {x: [3]}
  layers: [hidden: {dense: {units: 5}}, act: tanh, out: {dense: {units: 2}}]
loss: {squared_error: {factor: 0.5, reduction: sum}}
data: {batch: 7, x: {normal: [0, 1]}, y: {normal: [0, 1]}}
gradients:
  backward: |
    delta = yhat - y
    grad.out.weight = act.T @ delta
    grad.out.bias = delta.sum(axis=0)
    back = delta @ out.weight.T * (1 - act)
    grad.hidden.weight = x.T @ back
    grad.hidden.bias = back.sum(axis=0)
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    path = tmp_path_factory.mktemp("html") / "tanh.yaml"
    path.write_text(CONFIG)
    return run(Request(targets=[Target(path=path, name="tanh.yaml")], pictures=True))


@pytest.fixture
def dump(tmp_path: Path) -> Callable[[str], tuple[str, str]]:
    """Give what a browser makes of a page, and what it complains of."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")

    def dumped(page: str) -> tuple[str, str]:
        path = tmp_path / "page.html"
        path.write_text(page, encoding="utf-8")
        told = ("--enable-logging=stderr", "--log-level=0", f"--user-data-dir={tmp_path / 'user'}")
        quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
        command = [CHROMIUM or "", *quiet, *told, "--dump-dom", path.as_uri()]
        result = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)
        console = [line for line in result.stderr.splitlines() if "CONSOLE" in line]
        return result.stdout, "\n".join(console)

    return dumped


def test_a_browser_shows_what_the_terminal_shows_without_complaint(
    report: Report, dump: Callable[[str], tuple[str, str]]
) -> None:
    shown, complaints = dump(html.render(report, Style()))
    assert complaints == ""
    text = unescape(shown)
    (problem,) = report.problems
    for check in problem.checks:
        assert check.parameter in text
    for finding in problem.findings:
        assert finding.title in text
        assert all(fact in text for fact in finding.evidence)
        assert finding.fix is not None
        assert all((edit.new or "").strip() in text for edit in finding.fix.edits)


def test_the_browser_s_complaints_would_be_seen(dump: Callable[[str], tuple[str, str]]) -> None:
    _, complaints = dump("<script>throw Error('planted')</script>")
    assert "planted" in complaints


def test_pictures_are_made_of_what_was_measured(report: Report) -> None:
    (problem,) = report.problems
    assert problem.pictures is not None
    wrong = {check.parameter for check in problem.checks if check.verdict == "wrong"}
    assert wrong == {"hidden.weight", "hidden.bias"}
    portraits = {portrait.parameter: portrait for portrait in problem.pictures.portraits}
    assert portraits.keys() == wrong
    weight = portraits["hidden.weight"]
    assert (weight.rows, weight.columns, len(weight.claimed)) == (3, 5, 15)
    assert max(cell or 0.0 for cell in weight.cells) == 1.0
    assert weight.wrong == tuple(cell != 0 for cell in weight.cells)
    descent = problem.pictures.descent
    assert descent is not None
    assert len(descent.numeric) == 201
    assert list(descent.numeric) == sorted(descent.numeric, reverse=True)
    assert descent.claimed[0] == descent.numeric[0]
    assert descent.claimed[1:] != descent.numeric[1:]


def test_pictures_are_made_only_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "tanh.yaml"
    path.write_text(CONFIG)
    plain = run(Request(targets=[Target(path=path, name="tanh.yaml")]))
    assert all(problem.pictures is None for problem in plain.problems)


def test_every_kind_of_picture_is_on_the_page(report: Report) -> None:
    page = html.render(report, Style())
    for title in ("which entries are off", "claimed against numeric", "gap against step size"):
        assert page.count(title) == 2
    assert page.count("the loss over 200 steps") == 1
    assert page.count("<svg") == 7


def test_there_is_no_script_and_no_address_but_anchors(report: Report) -> None:
    page = html.render(report, Style())
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_both_colour_schemes_define_the_same_colours(report: Report) -> None:
    page = html.render(report, Style())
    light, _, dark = page.partition("prefers-color-scheme: dark")
    names = {part.split(":")[0] for part in dark.partition("* {")[0].split("--")[1:]}
    assert len(names) > 10
    assert names == {part.split(":")[0] for part in light.partition(":root")[2].split("--")[1:]}


def test_axes_have_round_numbers_within_their_range() -> None:
    plain = axis([-1.3, 7.1], "x")
    decades = axis([3e-9, 0.2], "y", log=True)
    assert plain is not None
    assert decades is not None
    assert [text for _, text in ticks(plain)] == ["0", "2", "4", "6"]
    assert all(0 <= decades.share(value) <= 1 for value, _ in ticks(decades))
    assert axis([float("nan")], "z") is None


def test_pictures_of_nothing_drawable_are_left_out(reports: dict[str, Report]) -> None:
    from dataclasses import replace

    nan, inf = float("nan"), float("inf")
    (problem,) = reports["undecided"].problems
    portrait = Portrait(
        parameter="w", probe="given", rows=1, columns=2, cells=(None, 1.0),
        claimed=(nan,), numeric=(inf,), wrong=(True,),
    )  # fmt: skip
    sweep = Sweep(
        probe="given", index=(), law="unclear", steps=(0.1,), gaps=(nan,), sides=(0.0,)
    )  # fmt: skip
    pictures = Pictures(
        portraits=(portrait,), descent=Descent(rate=0.1, claimed=(nan,), numeric=(nan,))
    )
    checks = tuple(replace(check, sweep=sweep) for check in problem.checks)
    odd = replace(problem, pictures=pictures, checks=checks)
    page = html.render(Report(problems=(odd,), tool_version="1"), Style())
    assert page.count("<svg") == 1


def test_the_largest_numbers_there_are_have_an_axis() -> None:
    scale = axis([1e-300, 9.99e307], "gap", log=True)
    assert scale is not None
    shares = [scale.share(value) for value, _ in ticks(scale)]
    assert len(shares) >= 3
    assert all(0 <= share <= 1 for share in shares)


def test_the_smallest_and_the_largest_numbers_there_are_have_a_frame() -> None:
    for values in ([5e-324], [1.0, 1.7e308]):
        scale = axis(values, "gap", log=True)
        assert scale is not None
        assert ">gap<" in Plot(x=scale, y=scale).frame()


def test_heads_of_a_diff_are_neither_added_nor_removed(report: Report) -> None:
    page = html.render(report, Style())
    assert (
        '<span class="quiet">--- tanh.yaml</span><span class="quiet">+++ tanh.yaml</span>' in page
    )
    assert '<span class="removed">-    back' in page


def test_the_place_of_a_finding_is_underlined_in_its_line(report: Report) -> None:
    (problem,) = report.problems
    place = problem.findings[0].location
    assert place is not None
    line = CONFIG.splitlines()[place.line - 1]
    assert f"<u>{line[place.column - 1 : place.end_column - 1]}</u>" in html.render(report, Style())


def test_the_figures_of_a_parameter_stand_together(report: Report) -> None:
    groups = html.render(report, Style()).split('<div class="pictures">')[1:]
    assert [group.count("<svg") for group in groups] == [3, 3, 1]


def test_columns_in_which_nothing_stands_are_left_out(reports: dict[str, Report]) -> None:
    from dataclasses import replace

    (problem,) = reports["failing"].problems
    assert "<th>worst</th>" in html.render(reports["failing"], Style())
    whole = tuple(
        replace(c, worst=None, bar=None, entries_checked=0, directions=3, relative=0.5)
        for c in problem.checks
    )
    page = html.render(
        Report(problems=(replace(problem, checks=whole),), tool_version="1"), Style()
    )
    assert "<th>off by</th>" in page
    assert "<th>worst</th>" not in page
    assert "<th>wrong / checked / all</th>" not in page
