"""Repairs where the loss keeps a logarithm finite, which no gradient takes into account."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from gradcheck.paste.session import Request, run

Repaired = Callable[[str], "dict[str, Any] | None"]

PROGRAM = Path(__file__).parent.parent / "understanding" / "programs" / "guarded_logarithm.yaml"
SOURCE = yaml.safe_load(PROGRAM.read_text())["source"]


def test_gradients_that_are_all_wrong_are_mended_all_the_same() -> None:
    text = SOURCE.replace("(chances - truth) /", "(chances - truth) * chances * (1 - chances) /")
    (found,) = run(Request(text=text, name="post.txt")).problems
    (finding,) = found.findings
    assert finding.fix is not None
    (edit,) = finding.fix.edits
    assert edit.new is not None
    assert edit.new.strip() == "back = (chances - truth) / len(x)"


def test_the_loss_is_what_is_written_and_no_usual_one_like_it() -> None:
    (found,) = run(Request(text=SOURCE, name="post.txt")).problems
    assert found.verdict == "right"
    assert "mean_loss" in str(found.understood)
