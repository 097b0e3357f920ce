"""Fixes of pasted text: proved as text, in the style of the lines as given."""

import pytest

from gradcheck.paste.reading.read import read
from gradcheck.paste.reading.rewriting import applied
from gradcheck.paste.session import Request, run
from gradcheck.report import ProblemReport


def prompted(text: str) -> str:
    rows = []
    for line in text.rstrip("\n").split("\n"):
        rows.append((">>> " if line[:1].strip() or not line else "... ") + line)
    return "\n".join(rows) + "\n"


def problem(text: str) -> ProblemReport:
    (found,) = run(Request(text=text, name="post.txt")).problems
    return found


@pytest.mark.parametrize("style", [str, prompted], ids=["plain", "prompts"])
def test_a_fix_changes_one_line_of_the_text_as_given(network: str, style: type[str]) -> None:
    wrong = network.replace("dZ = dH * (1 - H ** 2)", "dZ = dH * (1 - H)  # tanh'")
    text, whole = style(wrong), style(network)
    found = problem(text)
    (finding,) = found.findings
    assert found.verdict == "wrong"
    assert finding.fix is not None
    assert finding.fix.applicability == "verified"
    (edit,) = finding.fix.edits
    rows = text.split("\n")
    assert rows[edit.line - 1] == edit.old
    assert edit.new is not None
    assert edit.new.replace(" ", "").replace("H**2", "H ** 2".replace(" ", "")) == (
        whole.split("\n")[edit.line - 1].replace(" ", "") + "#tanh'"
    )
    assert problem(applied(read(text), finding.fix.edits)).verdict == "right"
    assert finding.location is not None
    assert finding.location.line == edit.line
    assert set(finding.parameters) == {"W1", "b1"}


def test_each_of_two_mistakes_is_found_by_its_name_and_line(network: str) -> None:
    text = network.replace("(P - Y) / n\n", "(Y - P) / n\n").replace("(1 - H ** 2)", "(1 - H)")
    found = problem(text)
    rows = text.split("\n")
    places = {f.code: rows[f.location.line - 1].strip() for f in found.findings if f.location}
    assert places == {"SGN01": "dP = (Y - P) / n", "ACT06": "dZ = dH * (1 - H)"}
