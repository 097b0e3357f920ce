"""Every reporter's output for every report, compared with what was looked at and kept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gradcheck.catalogues import REPORTERS
from gradcheck.report import Report
from gradcheck.reporter import Reporter, Style

GOLDEN = Path(__file__).parent / "golden"
ALL = REPORTERS.all()
VARIANTS = {
    "": Style(),
    ".wide": Style(width=120),
    ".colour": Style(colour=True),
    ".quiet": Style(verbosity=-1),
    ".verbose": Style(verbosity=1),
    ".verbose.wide": Style(verbosity=1, width=120),
}


def golden_file(reporter: Reporter, case: str, variant: str = "") -> Path:
    return GOLDEN / reporter.name / f"{case}{variant}{reporter.suffix}"


@pytest.mark.parametrize("name", sorted(ALL))
def test_output_is_the_golden_one(
    name: str, case: str, reports: dict[str, Report], golden: Callable[[Path, str], None]
) -> None:
    golden(golden_file(ALL[name], case), ALL[name].render(reports[case], Style()))


@pytest.mark.parametrize("variant", [variant for variant in VARIANTS if variant])
def test_text_in_other_styles_is_the_golden_one(
    variant: str, case: str, reports: dict[str, Report], golden: Callable[[Path, str], None]
) -> None:
    text = ALL["text"]
    golden(golden_file(text, case, variant), text.render(reports[case], VARIANTS[variant]))


@pytest.mark.parametrize("name", sorted(set(ALL) - {"text"}))
def test_style_matters_only_to_the_text_reporter(
    name: str, case: str, reports: dict[str, Report]
) -> None:
    style = Style(width=120, colour=True, verbosity=1)
    assert ALL[name].render(reports[case], style) == ALL[name].render(reports[case], Style())


def test_no_golden_is_an_orphan(reports: dict[str, Report]) -> None:
    expected = {
        golden_file(reporter, case, variant)
        for reporter in ALL.values()
        for case in reports
        for variant in (VARIANTS if reporter.name == "text" else [""])
    }
    assert {path for path in GOLDEN.rglob("*") if path.is_file()} == expected
