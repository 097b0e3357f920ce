"""Hints and derivations: less of a report, or more."""

import json
import re
from dataclasses import replace

import pytest

from gradcheck.hints import hinted
from gradcheck.paste.derivation import derived
from gradcheck.paste.session import Request, run
from gradcheck.report import Report
from gradcheck.reporter import Style
from gradcheck.reporters import json as json_reporter
from gradcheck.reporters import text

# What each level is the first to tell.
SECRETS = {2: '"line": 16', 3: "SGN01", 4: "P - Y\\n"}


@pytest.fixture(scope="module")
def whole(wrong_post: str) -> Report:
    return run(Request(text=wrong_post, name="post.txt"))


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_hint_tells_its_level_and_no_more(level: int, whole: Report) -> None:
    report = hinted(whole, level)
    (problem,) = report.problems
    told = json.dumps(json.loads(json_reporter.render(report, Style()))["problems"][0]["findings"])
    assert {k for k, secret in SECRETS.items() if secret in told} == set(range(2, level + 1))
    assert problem.verdict == "wrong"
    assert {check.parameter for check in problem.checks} == {"W1", "W2"}


def test_a_hint_of_the_line_marks_all_of_it(whole: Report) -> None:
    (finding,) = hinted(whole, 2).problems[0].findings
    (excerpt,) = finding.excerpts
    assert excerpt.text[excerpt.column - 1 : excerpt.end_column - 1] == "dP = Y - P"
    assert finding.location is not None
    assert finding.location.column == excerpt.column


@pytest.mark.parametrize(("level", "noted"), [(1, False), (2, False), (3, True), (4, True)])
def test_notes_on_the_rest_come_with_the_name(level: int, noted: bool, whole: Report) -> None:
    (problem,) = whole.problems
    note = replace(problem.findings[0], code="TRN10", level="note")
    more = replace(whole, problems=(replace(problem, findings=(*problem.findings, note)),))
    codes = [finding.code for finding in hinted(more, level).problems[0].findings]
    assert ("TRN10" in codes) == noted
    assert len(codes) == 1 + noted


@pytest.mark.parametrize("level", [1, 2])
def test_figures_that_give_the_mistake_away_are_left_out(level: int, whole: Report) -> None:
    for check in hinted(whole, level).problems[0].checks:
        assert check.verdict == "wrong"
        assert (check.ratio, check.cosine, check.relative, check.reason) == (None,) * 4


def test_each_hint_says_what_the_next_one_tells(whole: Report) -> None:
    helps = [hinted(whole, level).problems[0].findings[0].help for level in (1, 2, 3)]
    assert [str(text).split()[1] for text in helps] == ["2", "3", "4"]


def test_a_derivation_has_both_formulas_and_the_rule(whole: Report) -> None:
    (finding,) = derived(whole).problems[0].findings
    assert finding.derivation is not None
    assert finding.derivation.startswith("wrong\n    delta = y - yhat")
    assert "right\n    delta = yhat - y" in finding.derivation
    assert "Rule\nDifferentiate by the prediction" in finding.derivation
    assert hinted(derived(whole), 3).problems[0].findings[0].derivation is None


OTHER = """\
import numpy as np
gen = np.random.default_rng(3)
X, T = gen.normal(size=(11, 3)), (gen.random(size=(11, 2)) > 0.5) * 1.0
W = gen.normal(size=(3, 2))
for k in range(20):
    P = 1 / (1 + np.exp(-X @ W))
    loss = 0.5 * np.sum((P - T) ** 2)
    W -= 0.1 * X.T @ (P - T)
"""


def test_another_loss_that_the_gradients_belong_to_is_no_hint_of_the_line() -> None:
    report = run(Request(text=OTHER, name="post.txt"))
    (problem,) = report.problems
    assert problem.verdict == "wrong"
    assert "binary cross-entropy" in problem.reading["instead"]
    for level in (1, 2):
        hint = hinted(report, level)
        assert not {"binary", "instead", "TRN10"} & set(
            re.findall(r"\w+", text.render(hint, Style()))
        )
        understood = hint.problems[0].understood
        assert understood is not None
        assert understood["other"] is None
    assert "binary cross-entropy" in text.render(hinted(report, 3), Style())
