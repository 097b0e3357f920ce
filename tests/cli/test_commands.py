"""The other commands, and help."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from gradcheck.catalogue import Catalogue, Entry
from gradcheck.catalogues import FAULTS, OPS, REPORTERS
from gradcheck.cli import _markdown, _stdout, main
from gradcheck.custom.topics import TOPICS

Run = Callable[..., Result]

ENTRIES: dict[str, Entry] = {**TOPICS, **OPS.all(), **FAULTS.all(), **REPORTERS.all()}
COMMANDS = ["check", "explain", "init", "list", "schema"]


@pytest.mark.parametrize("arguments", [[], *([name] for name in COMMANDS)])
def test_help_fits_into_80_columns(run: Run, arguments: list[str]) -> None:
    for flag in ("--help", "-h"):
        shown = run(*arguments, flag)
        assert shown.exit_code == 0
        assert shown.output.startswith("Usage:")
        assert max(map(len, shown.output.splitlines())) <= 80


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    shown = run()
    assert shown.output.startswith("Usage:")
    assert all(name in shown.output for name in COMMANDS)


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("chekc", "there is no command 'chekc'; did you mean 'check'?"),
        ("Explain", "did you mean 'explain'?"),
        ("zzz", "there is no command 'zzz'"),
        ("right.yaml", "to check that file: gradcheck check right.yaml"),
        ("other.yml", "to check that file: gradcheck check other.yml"),
        ("a" * 5000, "there is no command 'aaa"),
    ],
)
def test_a_typing_error_in_a_command_is_answered(run: Run, word: str, hint: str) -> None:
    shown = run(word)
    assert shown.exit_code == 2
    assert hint in shown.stderr


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").output.startswith("gradcheck ")


class TestExplain:
    """The command `explain`."""

    @pytest.mark.parametrize("key", ENTRIES)
    def test_every_entry_is_explained(self, run: Run, key: str) -> None:
        shown = run("explain", key)
        assert shown.exit_code == 0
        assert shown.output.startswith(f"# {key}")
        head, _, rest = (ENTRIES[key].doc or "").strip().partition("\n## ")
        assert head.strip() in shown.output
        assert rest in shown.output
        assert "\x1b" not in shown.stdout_bytes.decode()

    @pytest.mark.parametrize("code", [f.code for f in FAULTS.all().values() if f.plantable])
    def test_a_fault_shows_the_wrong_formula_beside_the_right_one(
        self, run: Run, code: str
    ) -> None:
        fault, shown = FAULTS.all()[code], run("explain", code).output
        for formula in (fault.wrong, fault.right):
            for line in formula.splitlines():
                assert line in shown

    @pytest.mark.parametrize("code", FAULTS.all())
    def test_a_fault_is_found_by_its_slug_and_in_any_case(self, run: Run, code: str) -> None:
        fault = FAULTS.all()[code]
        for key in (fault.slug, fault.slug.upper(), code.lower()):
            assert run("explain", key).output.startswith(f"# {code}")

    def test_the_options_of_an_op_are_explained(self, run: Run) -> None:
        shown = run("explain", "dense").output
        assert "- `units`: number of outputs o (must be given)" in shown
        assert "- `bias`: whether a bias is added (default true)" in shown

    @pytest.mark.parametrize(
        ("key", "hint"),
        [
            ("reluu", "did you mean relu"),
            ("SGN1", "did you mean SGN01"),
            ("residual-revresed", "did you mean residual-reversed"),
            ("qqqqqq", "'gradcheck list' shows all there is"),
            ("", "nothing is called ''"),
        ],
    )
    def test_an_unknown_key_is_answered_with_near_ones(self, run: Run, key: str, hint: str) -> None:
        shown = run("explain", key)
        assert shown.exit_code == 2
        assert hint in shown.stderr

    def test_at_a_terminal_formulas_are_readable(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(_stdout, "is_terminal", lambda: True)
        shown = run("explain", "dense").output
        assert "∂L/∂X = Ȳ Wᵀ" in shown
        assert "$" not in shown


class TestFormulas:
    """LaTeX in Unicode."""

    @pytest.mark.parametrize(
        ("latex", "unicode"),
        [
            (r"\partial L/\partial W = X^\top \bar Y", "∂L/∂W = Xᵀ Ȳ"),
            (r"\sigma'(z) = \sigma(z)\,\sigma(-z)", "σ'(z) = σ(z) σ(-z)"),
            (r"e^{-|z|} / (1 + e^{-|z|})^2", "e^(-|z|) / (1 + e^(-|z|))²"),
            (r"\frac{1}{2} \sum_n (\hat y_n - y_n)^2", "1/2 ∑ₙ (ŷₙ - yₙ)²"),
            (r"\sqrt{2/\pi}\,(z + a^{10})", "√(2/π) (z + a¹⁰)"),
            (r"\operatorname{softmax}(z)_{ij}", "softmax(z)ᵢⱼ"),
            (r"a \odot b \ne \alpha\beta", "a ⊙ b ≠ αβ"),
            (r"W_{o c a} x", "W_(o c a) x"),
            ("a \\\\ b", "a b"),
        ],
    )
    def test_the_latex_of_the_docs_is_translated(self, latex: str, unicode: str) -> None:
        assert _markdown.unicode(latex) == unicode

    @pytest.mark.parametrize(
        "latex", [r"\frac", "}{^_", "\\", "^", r"\bar", "{{{", "_{", r"\sqrt {"]
    )
    def test_unfinished_latex_does_no_harm(self, latex: str) -> None:
        assert len(_markdown.unicode(latex)) < 10

    @pytest.mark.parametrize("key", ENTRIES)
    def test_no_latex_is_left_in_any_entry(self, key: str) -> None:
        doc = ENTRIES[key].doc or ""
        for match in _markdown._FORMULA.finditer(doc):
            shown = _markdown.unicode(match[1])
            assert "\\" not in shown
            assert "$" not in shown
            assert shown


class TestList:
    """The command `list`."""

    @pytest.mark.parametrize(
        ("what", "catalogue"), [("ops", OPS), ("faults", FAULTS), ("reporters", REPORTERS)]
    )
    def test_every_entry_is_listed(self, run: Run, what: str, catalogue: Catalogue[Any]) -> None:
        lines = run("list", what).output.splitlines()
        entries = {**catalogue.all(), **(TOPICS if what == "ops" else {})}
        assert len(lines) == len(entries)
        for entry in entries.values():
            assert any(entry.key in line.split() and entry.title in line for line in lines)

    def test_all_are_listed_together(self, run: Run) -> None:
        lines = run("list").output.splitlines()
        assert [line for line in lines if line.endswith(":")] == ["ops:", "faults:", "reporters:"]
        assert len(lines) == len(ENTRIES) + 5

    @pytest.mark.parametrize("columns", [60, 97])
    def test_at_a_terminal_titles_are_wrapped_between_words(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, columns: int
    ) -> None:
        plain = run("list", "faults").output
        monkeypatch.setattr(_stdout, "is_terminal", lambda: True)
        monkeypatch.setenv("COLUMNS", str(columns))
        wrapped = run("list", "faults").output
        assert max(map(len, wrapped.splitlines())) < columns
        assert wrapped.split() == plain.split()

    def test_another_word_is_refused(self, run: Run) -> None:
        shown = run("list", "losses")
        assert shown.exit_code == 2
        assert "'losses' is not one of 'ops', 'faults', 'reporters'" in shown.stderr


class TestInit:
    """The command `init`."""

    def test_the_config_that_it_writes_is_right(self, run: Run, folder: Path) -> None:
        shown = run("init")
        assert (
            shown.output == "wrote gradcheck.yaml; check it with: gradcheck check gradcheck.yaml\n"
        )
        checked = run("check", "gradcheck.yaml")
        assert checked.exit_code == 0
        assert checked.output.startswith("right: my network (gradcheck.yaml)")

    def test_every_key_in_it_has_a_comment(self, run: Run, folder: Path) -> None:
        run("init", "new.yaml")
        lines = (folder / "new.yaml").read_text().splitlines()
        top = [line for line in lines if line[:1].isalpha()]
        assert {line.partition(":")[0] for line in top} >= {"name", "network", "loss", "data"}
        assert max(map(len, lines)) <= 100

    def test_it_replaces_a_file_only_by_force(self, run: Run, folder: Path) -> None:
        before = (folder / "right.yaml").read_text()
        refused = run("init", "right.yaml")
        assert refused.exit_code == 2
        assert "right.yaml is there already; --force replaces it" in refused.stderr
        assert (folder / "right.yaml").read_text() == before
        assert run("init", "right.yaml", "--force").exit_code == 0
        assert (folder / "right.yaml").read_text() != before

    def test_a_place_that_is_not_there_is_told(self, run: Run) -> None:
        shown = run("init", "no/a.yaml")
        assert shown.exit_code == 2
        assert "'no/a.yaml' could not be written: No such file or directory" in shown.stderr

    def test_a_name_with_spaces_can_be_pasted(self, run: Run) -> None:
        assert "gradcheck check 'my net.yaml'" in run("init", "my net.yaml").output


def test_the_schema_is_printed_as_json(run: Run) -> None:
    assert json.loads(run("schema").output)["type"] == "object"


def test_commands_are_completed(run: Run) -> None:
    from click.shell_completion import BashComplete

    complete = BashComplete(main, {}, "gradcheck", "_GRADCHECK_COMPLETE")
    assert [item.value for item in complete.get_completions([], "ch")] == ["check"]
    keys = [item.value for item in complete.get_completions(["explain"], "sg")]
    assert "SGN01" in keys
    formats = [item.value for item in complete.get_completions(["check", "--format"], "j")]
    assert formats == ["json", "json-lines", "junit"]
    assert "_gradcheck_completion" in complete.source()
