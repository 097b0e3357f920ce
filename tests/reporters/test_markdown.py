"""Markdown: escaping and size."""

import re
from dataclasses import replace

from gradcheck.report import ProblemReport, Report
from gradcheck.reporter import Style
from gradcheck.reporters import markdown

MEBIBYTE = 1024 * 1024


def test_the_user_s_markup_is_shown_and_not_obeyed(reports: dict[str, Report]) -> None:
    written = markdown.render(reports["odd"], Style())
    assert "<b>" not in written
    assert r"\| \`b\` &lt;b&gt;bold&lt;/b&gt;" in written
    assert "````diff\n" in written


def test_a_backslash_does_not_undo_an_escape() -> None:
    problem = ProblemReport(name=r"a\|b", target="t", verdict="right")
    written = markdown.render(Report(problems=(problem,), tool_version="1"), Style())
    assert r"| a\\\|b | t |" in written


def test_a_huge_report_is_cut_and_says_so(reports: dict[str, Report]) -> None:
    (failing,) = reports["failing"].problems
    check = failing.checks[-2]
    checks = tuple(replace(check, parameter=f"layer{i}.weight") for i in range(20_000))
    huge = replace(failing.findings[0], evidence=("é" * MEBIBYTE,))
    report = Report(
        problems=(replace(failing, checks=checks, findings=(huge, failing.findings[1])),),
        tool_version="1",
    )
    written = markdown.render(report, Style())
    assert len(written.encode()) < 2 * markdown.BUDGET < MEBIBYTE
    listed = written.count("| <code>layer")
    assert f"Left out to keep this summary short: {20_000 - listed} parameters, 2 findings" in (
        written
    )
    assert 1000 < listed < 20_000


def test_many_problems_leave_room_for_what_is_said_of_them(reports: dict[str, Report]) -> None:
    (failing,) = reports["failing"].problems
    problems = (replace(failing, name="sine" * 101),) * 1_000
    written = markdown.render(Report(problems=problems, tool_version="1"), Style())
    assert len(written.encode()) < MEBIBYTE
    assert "1000 problems: 1000 wrong" in written
    assert "**error SGN01: residual reversed" in written
    assert re.search(r"^Left out to keep this summary short: \d+ problems,", written, re.MULTILINE)


def test_a_small_report_leaves_nothing_out(case: str, reports: dict[str, Report]) -> None:
    assert "Left out" not in markdown.render(reports[case], Style())
