"""What holds of every reporter for any report whatever."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import jsonschema
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gradcheck.report import (
    ALONG,
    Check,
    Context,
    Descent,
    Edit,
    Excerpt,
    Finding,
    Fix,
    Level,
    Location,
    Pictures,
    Portrait,
    ProblemReport,
    ProblemVerdict,
    Related,
    Report,
    Sweep,
    Verdict,
    Worst,
)
from gradcheck.reporter import Style
from gradcheck.reporters import concise, github, gitlab, html, json_lines, junit, markdown, text
from gradcheck.reporters import json as json_reporter
from gradcheck.reporters._layout import columns
from gradcheck.reporters._wording import failing, incomplete, visible

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "report.schema.json").read_bytes())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
ANNOTATION = re.compile(
    r"::(error|warning|notice) file=[^,:]*(,line=\d+,endLine=\d+,col=\d+)?,title=[^,:]*::.*"
)

# Beside any letters, what the formats use for themselves, and what none of them can hold.
words = st.text(
    st.characters()
    | st.sampled_from(list("\n\r\t\x00\x08\x1b|\\`<>&%:,[]\"'\ud800\u2028\u202e🎲")),
    max_size=50,
)
lines = st.lists(words, max_size=2).map(tuple)
floats = st.floats()
maybe_floats = st.none() | floats
counts = st.integers(0, 10**9)
names = st.sampled_from(["hidden.weight", "hidden.bias", "a" * 60, "b" * 200]) | words
shapes = st.lists(counts, max_size=4).map(tuple)

locations = st.builds(
    Location,
    file=words,
    line=counts,
    column=counts,
    end_line=counts,
    end_column=counts,
    cell=st.none() | counts,
)
excerpts = st.builds(
    Excerpt,
    line=counts,
    text=words,
    column=counts,
    end_column=counts,
    cell=st.none() | counts,
)
edits = st.builds(Edit, file=words, line=counts, old=words, new=st.none() | words)
fixes = st.builds(
    Fix,
    applicability=st.sampled_from(["verified", "ambiguous", "maybe"]),
    edits=st.lists(edits, max_size=2).map(tuple),
    diff=words,
)
sweeps = st.builds(
    Sweep,
    probe=words,
    index=st.none() | shapes,
    law=st.sampled_from(["agree", "differ", "kink", "crossing", "noise", "unclear"]),
    steps=st.just((0.1, 0.01)),
    gaps=st.tuples(floats, floats),
    sides=st.tuples(floats, floats),
)
worsts = st.builds(Worst, index=shapes, probe=words, claimed=floats, numeric=floats, bar=floats)
checks = st.builds(
    Check,
    parameter=names,
    shape=shapes,
    verdict=st.sampled_from(get_args(Verdict)),
    reason=st.none() | words,
    difference=maybe_floats,
    bar=maybe_floats,
    relative=maybe_floats,
    ratio=maybe_floats,
    cosine=maybe_floats,
    wrong_entries=counts,
    worst=st.none() | worsts,
    entries=counts,
    entries_checked=counts,
    directions=counts,
    method=words,
    pattern=st.none() | words,
    heat=st.lists(floats, max_size=16).map(tuple),
    accepted=st.none() | words,
    sweep=st.none() | sweeps,
)
related = st.builds(Related, location=locations, text=words)
contexts = st.builds(Context, first=st.integers(1, 99), lines=lines)
portraits = st.builds(
    Portrait,
    parameter=names,
    probe=words,
    rows=st.just(1),
    columns=st.just(2),
    cells=st.tuples(st.none() | st.floats(0, 1), st.floats(0, 1)),
    claimed=st.tuples(floats, floats),
    numeric=st.tuples(floats, floats),
    wrong=st.tuples(st.booleans(), st.booleans()),
)
paths = st.lists(floats, min_size=1, max_size=3).map(tuple)
pictures = st.builds(
    Pictures,
    portraits=st.lists(portraits, max_size=2).map(tuple),
    descent=st.none() | st.builds(Descent, rate=floats, claimed=paths, numeric=paths),
)
findings = st.builds(
    Finding,
    code=st.sampled_from(["GRD01", "SGN01"]),
    family=words,
    level=st.sampled_from(get_args(Level)),
    title=words,
    message=words,
    parameters=st.lists(names, max_size=3).map(tuple),
    location=st.none() | locations,
    evidence=lines,
    alternatives=lines,
    fix=st.none() | fixes,
    help=st.none() | words,
    excerpts=st.lists(excerpts, max_size=3).map(tuple),
    derivation=st.none() | words,
    related=st.lists(related, max_size=2).map(tuple),
    context=st.none() | contexts,
    fingerprint=st.sampled_from(["", "f" * 32]),
    known=st.booleans(),
    accepted=st.none() | words,
)
understood = st.recursive(
    st.none() | st.booleans() | st.integers() | floats | words | st.just(1j),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)
problems = st.builds(
    ProblemReport,
    name=names,
    target=words,
    verdict=st.sampled_from(get_args(ProblemVerdict)),
    message=st.none() | words,
    location=st.none() | locations,
    expected=st.none() | st.booleans(),
    unexpected=lines,
    held=st.none() | st.booleans(),
    regressions=lines,
    mode=st.sampled_from(["quick", "full", "exhaustive", ALONG]),
    seed=counts,
    entries_total=counts,
    entries_checked=counts,
    evaluations=counts,
    audits=counts,
    probes=lines,
    remarks=lines,
    understood=st.none() | st.dictionaries(words, understood, max_size=2),
    reading=st.dictionaries(words, words, max_size=2),
    checks=st.lists(checks, max_size=3).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
    pictures=st.none() | pictures,
).map(lambda problem: consistent(problem))
any_reports = st.builds(
    Report,
    problems=st.lists(problems, max_size=2).map(tuple),
    tool_version=words,
    remarks=lines,
)
styles = st.builds(
    Style, width=st.integers(80, 120), colour=st.just(False), verbosity=st.sampled_from([-1, 0, 1])
)
few = settings(max_examples=25, phases=[Phase.generate, Phase.shrink])


def consistent(problem: ProblemReport) -> ProblemReport:
    """Let baselines and expectations exclude each other; what is held knows its findings."""
    if problem.expected is not None:
        problem = replace(problem, held=None, regressions=())
    if problem.regressions or problem.held is None:
        problem = replace(problem, held=False if problem.regressions else None)
    settled = [replace(f, known=bool(problem.held), accepted=None) for f in problem.findings]
    return replace(problem, findings=tuple(settled))


def strict(constant: str) -> Any:
    raise AssertionError(f"{constant} is not JSON")


@few
@given(any_reports)
def test_json_is_strict_and_keeps_its_schema(report: Report) -> None:
    written = json_reporter.render(report, Style())
    VALIDATOR.validate(json.loads(written, parse_constant=strict))
    written.encode()


@few
@given(any_reports)
def test_json_lines_are_the_parts_of_the_json(report: Report) -> None:
    written = json_lines.render(report, Style())
    lines = [json.loads(line, parse_constant=strict) for line in written.splitlines()]
    whole = json.loads(json_reporter.render(report, Style()))["problems"]
    kinds = [
        kind
        for problem in whole
        for kind in ["problem", *["check"] * len(problem["checks"])]
        + ["finding"] * len(problem["findings"])
    ]
    assert [line["kind"] for line in lines] == kinds
    checks = [check for problem in whole for check in problem["checks"]]
    for line, check in zip([x for x in lines if x["kind"] == "check"], checks, strict=True):
        assert check.items() <= line.items()


@few
@given(any_reports)
def test_gitlab_gives_each_issue_a_fingerprint_of_its_own(report: Report) -> None:
    entries = json.loads(gitlab.render(report, Style()), parse_constant=strict)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries)
    for entry in entries:
        assert {"description", "check_name", "fingerprint", "severity", "location"} == {*entry}
        assert entry["severity"] in ("info", "minor", "critical")
        assert entry["location"]["lines"]["begin"] >= 1


@few
@given(any_reports)
def test_concise_has_a_line_for_each_issue_and_one_for_the_total(report: Report) -> None:
    written = concise.render(report, Style())
    issues = json.loads(gitlab.render(report, Style()))
    assert written.count("\n") == len(written.splitlines()) == len(issues) + 1


class _Tags(HTMLParser):
    """Holds a page to what it may contain, and its tags to being closed."""

    VOID = ("meta", "link", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "img", "iframe", "b", "i" * 2)
        assert not any(name.startswith("on") or name == "src" for name, _ in attrs)
        if tag not in self.VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not any(value and "nan" in value for _, value in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@few
@given(any_reports)
def test_html_closes_its_tags_and_takes_no_markup_from_texts(report: Report) -> None:
    written = html.render(report, Style())
    page = _Tags()
    page.feed(written)
    page.close()
    assert page.open == []
    written.encode()


@few
@given(any_reports)
def test_junit_parses_and_its_counts_agree_with_its_cases(report: Report) -> None:
    root = ElementTree.fromstring(junit.render(report, Style()).encode())
    assert len(root) == len(report.problems)
    for element in (root, *root):
        for attribute, tag in junit.COUNTS.items():
            # Jenkins' schema knows no count of skipped cases for all suites together.
            if element is not root or attribute != "skipped":
                assert element.get(attribute) == str(len(list(element.iter(tag))))
    for suite, problem in zip(root, report.problems, strict=True):
        assert len(suite.findall("testcase")) >= len(problem.checks)


@few
@given(any_reports)
def test_junit_passes_only_what_is_right_or_expected(report: Report) -> None:
    root = ElementTree.fromstring(junit.render(report, Style()))
    for suite, problem in zip(root, report.problems, strict=True):
        trouble = [
            tag for tag in ("failure", "error", "skipped") if suite.find(f"*/{tag}") is not None
        ]
        if failing(problem):
            assert trouble
        elif problem.verdict != "right":
            assert not trouble


@few
@given(any_reports)
def test_github_writes_one_command_a_line(report: Report) -> None:
    written = github.render(report, Style())
    for line in written.splitlines():
        assert ANNOTATION.fullmatch(line)
    assert bool(written) == any(
        failing(p) or incomplete(p) or (p.expected is None and p.findings and not p.held)
        for p in report.problems
    )
    written.encode()


@few
@given(any_reports)
def test_markdown_has_one_line_for_each_row_of_its_tables(report: Report) -> None:
    written = markdown.render(report, Style())
    rows = [line for line in written.split("\n") if line.startswith("| ")]
    widths = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows}
    assert widths <= {6, 7}
    written.encode()


@few
@given(any_reports, styles)
def test_text_stays_within_its_width_but_for_places_and_diffs(report: Report, style: Style) -> None:
    fixes = [f.fix.diff for p in report.problems for f in p.findings if f.fix]
    diffs = {f"    {row}" for diff in fixes for row in visible(diff).split("\n")}
    for line in text.render(report, style).split("\n"):
        unbroken = style.verbosity < 0 or line.startswith("  --> ") or line in diffs
        assert unbroken or (columns(line) <= style.width and line == line.rstrip(" "))


@few
@given(any_reports, styles)
def test_colour_changes_no_letter(report: Report, style: Style) -> None:
    plain = text.render(report, style)
    coloured = text.render(report, Style(width=style.width, verbosity=style.verbosity, colour=True))
    assert "\x1b" not in plain
    assert ESCAPE.sub("", coloured) == plain
    coloured.encode()
