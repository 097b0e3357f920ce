"""The evaluation of pasted code: sheets are read as documented, and answers graded by the truth."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gradcheck.errors import GradcheckError

ROOT = Path(__file__).parents[2]
PRACTICE = ROOT.parent / "shared" / "paste_examples" / "cases.yaml"

NEURON = """\
import numpy as np

gen = np.random.default_rng(5)
x = gen.normal(size=(7, 3))
t = gen.normal(size=(7, 2))
w = gen.normal(size=(3, 2))
v = gen.normal(size=(2,))
for turn in range(50):
    y = x @ w + v
    loss = 0.5 * np.sum((y - t) ** 2)
    dy = t - y
    w -= 0.01 * x.T @ dy
    v -= 0.01 * dy.sum(axis=0)
"""

SHEET = """\
cases:
- file: neuron.py
  has_gradient_bug: true
  wrong_parameters: [w, v]
  bugs:
  - family: sign
    lines: [11]
    edits:
    - {line: 11, old: "    dy = t - y", new: "    dy = y - t"}
  also_acceptable_lines:
  - {at: 12, text: "    w -= 0.01 * x.T @ dy", why: it might have been added}
  - 13
- file: right.py
  has_gradient_bug: false
  wrong_parameters: []
  bugs: []
  elsewhere: {sentence: The rate is too small., kind: rate, at: 12, text: ""}
  non_gradient_findings: [It has no hidden layer.]
"""


@pytest.fixture(scope="module", autouse=True)
def on_path() -> Iterator[None]:
    """Put the scripts' folder where the script itself finds its modules."""
    before = [*sys.path]
    sys.path.insert(0, str(ROOT / "scripts"))
    yield
    sys.path[:] = before


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    (tmp_path / "neuron.py").write_text(NEURON)
    (tmp_path / "right.py").write_text(NEURON.replace("t - y", "y - t"))
    path = tmp_path / "cases.yaml"
    path.write_text(SHEET)
    return path


def lib(module: str) -> Any:
    return importlib.import_module(f"paste_lib.{module}")


def test_both_dialects_of_optional_keys_are_read(sheet: Path) -> None:
    wrong, right = lib("sheet").load(sheet)
    assert wrong.lines == {(None, 11), (None, 12), (None, 13)}
    assert right.elsewhere == (None, (None, 12))


def test_a_sheet_without_a_key_is_refused_with_the_number_of_the_case(sheet: Path) -> None:
    sheet.write_text(SHEET.replace("  has_gradient_bug: false\n", ""))
    with pytest.raises(GradcheckError, match=r"case 2 lacks or misspells 'has_gradient_bug'"):
        lib("sheet").load(sheet)


def test_two_mistakes_on_one_line_are_both_undone(sheet: Path) -> None:
    sheet.write_text(
        SHEET.replace(
            "  also_acceptable",
            """\
  - family: sign
    lines: [11]
    edits:
    - {line: 11, old: "    dy = t - y", new: "    dy = (t - y)"}
  also_acceptable""",
        )
    )
    case, _ = lib("sheet").load(sheet)
    assert "dy = (y - t)" in lib("truth").corrected(case)


def test_a_line_that_has_moved_is_changed_where_it_is_now(sheet: Path) -> None:
    moved = '{line: 10, old: "    loss = 0.5 * np.sum((y - t) ** 2)", new: "    dy = t - y"}'
    gone = '{line: 11, old: "    dy = t - y", new: null}'
    sheet.write_text(
        SHEET.replace(
            "  also_acceptable",
            f"  - family: stale-weights\n    lines: [10]\n    edits:\n    - {moved}\n    - {gone}\n"
            "  also_acceptable",
        ).replace('new: "    dy = t - y"', 'new: "    dy = t - y\\n    pass"')
    )
    case, _ = lib("sheet").load(sheet)
    assert "    dy = y - t\n    pass\n    w -=" in lib("truth").corrected(case)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("net.stack[0]['W']", "self.stack[0]['W']", True),
        ("p['W2']", "W2", True),
        ("W1", "W2", False),
        ("net.W[1]", "net.W[0]", False),
        ("a.W", "b.c.W", False),
    ],
)
def test_names_are_the_same_that_end_in_the_same_steps(one: str, other: str, same: bool) -> None:
    assert lib("names").same_names([one], [other]) is same
    assert not lib("names").same_names([one], [])
    assert not lib("names").same_names([one, one], [other])


def test_every_family_of_the_practice_sheet_stands_for_known_codes() -> None:
    if not PRACTICE.exists():
        pytest.skip("the practice texts are not here")
    for case in lib("sheet").load(PRACTICE):
        assert case.path.exists()
        for bug in case.bugs:
            assert bug.family in lib("families").FAMILIES


def test_families_begin_codes_of_the_catalogue() -> None:
    from gradcheck.catalogues import FAULTS

    known = FAULTS.all()
    for begins in lib("families").FAMILIES.values():
        assert all(any(code.startswith(begin) for code in known) for begin in begins)
    assert not lib("families").names("GRD01", "other")
    assert lib("families").names("SGN01", "nothing we know") is None


def test_a_wrong_and_a_right_text_are_graded(sheet: Path) -> None:
    script = [sys.executable, str(ROOT / "scripts" / "evaluate_paste"), str(sheet), "--json"]
    ended = subprocess.run(script, capture_output=True, text=True, cwd=ROOT, check=False)
    found = json.loads(ended.stdout)
    wrong, right = found["cases"]
    assert ended.returncode == 0
    assert wrong["detected"]
    assert wrong["parameters"]
    assert wrong["line"]
    assert wrong["patched"]
    assert wrong["named"] == [1, 1]
    assert right["accused"] is False
    assert right["detected"] is None
    assert found["totals"]["patched"] == [1, 1]


def test_a_patch_other_than_the_sheets_is_not_the_right_one(sheet: Path) -> None:
    sheet.write_text(SHEET.replace("y - t", "2 * (y - t)"))
    case, _ = lib("sheet").load(sheet)
    grade = lib("grade").graded(case)
    assert grade.verified
    assert not grade.patched
