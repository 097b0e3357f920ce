"""Remarks as the user sees them: notes of the catalogue, at a line of the text."""

from collections.abc import Callable

import pytest

from gradcheck.catalogues import FAULTS
from gradcheck.paste.elsewhere.look import CAUSES
from gradcheck.paste.session import Request, run


def test_a_cause_becomes_a_note_at_its_line_and_the_verdict_stays_right(
    program: Callable[..., str],
) -> None:
    source = program("line", ("speed=0.1", "speed=7.0"))
    text = f"Why does this explode?\n\n```python\n{source}```\nThanks!\n"
    (problem,) = run(Request(text=text, name="post.md")).problems
    assert problem.verdict == "right"
    (note,) = problem.findings
    assert (note.code, note.level) == ("TRN01", "note")
    assert note.location is not None
    assert text.split("\n")[note.location.line - 1].startswith("def fit(")
    assert any("curvature" in line for line in note.evidence)


@pytest.mark.parametrize("code", CAUSES.all())
def test_each_cause_is_explained_with_its_test(code: str) -> None:
    fault = FAULTS.find(code)
    assert fault is not None
    assert fault.level != "error"
    assert "on pasted code" in " ".join((fault.doc or "").lower().split())
