"""The check command: targets, exit codes, selections, formats and files."""

import json
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["right.yaml"], 0),
        (["wrong.yaml"], 1),
        (["broken.yaml"], 2),
        (["missing.yaml"], 2),
        (["right.yaml", "wrong.yaml"], 1),
        (["wrong.yaml", "broken.yaml", "right.yaml"], 2),
        (["wrong.yaml", "--exit-zero"], 0),
        (["broken.yaml", "--exit-zero"], 2),
        (["right.yaml", "--expect"], 0),
        (["wrong.yaml", "--expect"], 1),
        (["broken.yaml", "--expect"], 2),
        (["right.yaml", "--fail-on", "note"], 0),
        (["wrong.yaml", "--only", "*.bias"], 0),
        (["wrong.yaml", "--only", "*.weight"], 1),
        (["wrong.yaml", "--only", "*.bias", "--only", "output.weight"], 1),
        (["right.yaml", "--mode", "exhaustive", "--method", "differences", "--seed", "5"], 0),
        (["wrong.yaml", "--rtol", "5"], 0),
    ],
)
def test_the_exit_code_is_that_of_the_worst_target(
    run: Run, arguments: list[str], code: int
) -> None:
    assert run("check", *arguments).exit_code == code


def test_good_targets_are_checked_beside_bad_ones_in_every_format(run: Run) -> None:
    for name in ("text", "json", "junit", "markdown", "github"):
        shown = run("check", "gone.yaml", "right.yaml", "broken.yaml", "--format", name)
        assert shown.exit_code == 2
        assert "there is no such file" in shown.stdout, name
        assert "dnese" in shown.stdout, name
        if name != "github":
            assert "right one" in shown.stdout, name


def test_an_error_names_file_line_and_column(run: Run) -> None:
    shown = run("check", "broken.yaml")
    assert "there is no op 'dnese'; did you mean 'dense'?" in shown.stdout
    assert "--> broken.yaml:5:16" in shown.stdout
    (problem,) = json.loads(run("check", "broken.yaml", "--format", "json").stdout)["problems"]
    assert problem["verdict"] == "error"
    assert problem["location"]["line"] == 5
    assert problem["location"]["column"] == 16


def test_standard_input_is_a_target(run: Run, folder: Path) -> None:
    text = (folder / "wrong.yaml").read_text()
    shown = run("check", "-", "-q", stdin=f"{text}---\n{text.replace('(y - yhat)', '(yhat - y)')}")
    assert shown.exit_code == 1
    assert "wrong: wrong one (-)" in shown.stdout
    assert "2 problems: 1 right, 1 wrong" in shown.stdout


class TestFolders:
    """Folders and patterns."""

    @pytest.fixture(autouse=True)
    def tree(self, folder: Path) -> None:
        right = (folder / "right.yaml").read_text()
        for name in ("a/b/deep.yml", "a/.hidden/no.yaml", "a/.no.yaml", "a/z.YAML"):
            path = folder / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(right)
        (folder / "tree/other.yaml").write_text("on: push\njobs: {a: !Ref b}\n")
        (folder / "tree/empty.yaml").touch()
        (folder / "tree/words.txt").write_text("network: no\n")
        (folder / "bare").mkdir()

    def test_folders_are_searched_for_configs(self, run: Run) -> None:
        problems = self._problems(run, "tree")
        assert problems == [("tree/a/z.YAML", "right"), ("tree/a/b/deep.yml", "right")]

    def test_what_is_no_config_is_counted(self, run: Run) -> None:
        shown = json.loads(run("check", "tree", "--format", "json").stdout)
        assert shown["remarks"] == ["2 YAML files without network, loss or gradients skipped"]

    def test_what_is_named_is_always_read_as_a_config(self, run: Run) -> None:
        assert "the tag !Ref is not used here" in run("check", "tree/other.yaml").stdout
        assert "this is not YAML" not in run("check", "tree/words.txt").stdout
        assert "expected a mapping (network)" in run("check", "tree/words.txt").stdout

    def test_a_broken_config_in_a_folder_is_told(self, run: Run, folder: Path) -> None:
        (folder / "tree/bad.yaml").write_text("network: [\n")
        assert ("tree/bad.yaml", "error") in self._problems(run, "tree")

    def test_an_empty_folder_is_an_error_beside_others(self, run: Run) -> None:
        shown = run("check", "bare", "right.yaml")
        assert shown.exit_code == 2
        assert "there is no config in this folder" in shown.stdout
        assert "right: right one" in shown.stdout

    def test_patterns_are_expanded_in_order(self, run: Run) -> None:
        assert self._problems(run, "tree/**/*.y*ml") == [
            ("tree/a/b/deep.yml", "right"),
            ("tree/empty.yaml", "error"),
            ("tree/other.yaml", "error"),
        ]

    def test_a_pattern_that_matches_nothing_is_an_error(self, run: Run) -> None:
        shown = run("check", "nothing-*.yaml")
        assert shown.exit_code == 2
        assert "no file matches this pattern" in shown.stdout

    def test_a_name_with_the_signs_of_a_pattern_is_a_name(self, run: Run, folder: Path) -> None:
        (folder / "right.yaml").rename(folder / "a[1].yaml")
        assert run("check", "a[1].yaml").exit_code == 0

    def test_each_target_is_checked_once(self, run: Run) -> None:
        twice = ("right.yaml", "./right.yaml", "righ*.yaml", "tree", "tree/a/b/deep.yml")
        names = [name for name, _ in self._problems(run, *twice)]
        assert names == ["right.yaml", "tree/a/z.YAML", "tree/a/b/deep.yml"]

    @pytest.mark.parametrize("name", ["a" * 5000, "\x01", "no/" * 2000 + "a.yaml"])
    def test_names_that_no_file_can_have_are_errors(self, run: Run, name: str) -> None:
        assert run("check", name, "-q").exit_code == 2

    def _problems(self, run: Run, *targets: str) -> list[tuple[str, str]]:
        found = json.loads(run("check", *targets, "--format", "json").stdout)["problems"]
        return [(problem["target"], problem["verdict"]) for problem in found]


class TestOutput:
    """Formats and the places that they go to."""

    def test_several_formats_go_to_several_places(self, run: Run, folder: Path) -> None:
        shown = run("check", "wrong.yaml", "--format", "text", "--format", "json=r.json",
                    "--format", "junit=r.xml")  # fmt: skip
        assert shown.exit_code == 1
        assert shown.stdout.startswith("wrong: wrong one")
        assert json.loads((folder / "r.json").read_text())["problems"][0]["verdict"] == "wrong"
        assert (folder / "r.xml").read_text().startswith("<?xml")

    def test_output_takes_what_has_no_path_of_its_own(self, run: Run, folder: Path) -> None:
        shown = run("check", "wrong.yaml", "--output", "r.txt", "--format", "text",
                    "--format", "json=r.json")  # fmt: skip
        assert shown.stdout == ""
        assert (folder / "r.txt").read_text().startswith("wrong: wrong one")

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--format", "jsn"], "there is no format 'jsn'; there are concise, github, gitlab"),
            (["--format", "json="], "expected a path behind '=', found 'json='"),
            (["--format", "text", "--format", "json"], "two formats would go to the same place"),
            (["--format", "text=a", "--format", "json=./a"], "two formats would go to the same"),
            (["--format", "json=a", "--output", "b"], "nothing is left for it"),
            (["--output", "no/a"], "there is no folder 'no' to write 'a' to"),
            (["--format", "json=no/a"], "there is no folder 'no' to write 'a' to"),
            (["--output", "."], "is a directory"),
            (["--rtol", "nan"], "expected a finite number, found nan"),
            (["--rtol", "-1"], "-1"),
            (["--timeout", "inf"], "expected a finite number, found inf"),
            (["--timeout", "0"], "0"),
            (["--points", "0"], "0"),
            (["--budget", "0"], "expected a number of evaluations (20000) or of seconds (30s)"),
            (["--budget", "30m"], "of seconds (30s), found '30m'"),
            (["--budget", "0.0s"], "found '0.0s'"),
            (["--budget", "2.5"], "found '2.5'"),
            (["--jobs", "0"], "expected auto or 1 to 1024, found '0'"),
            (["--jobs", "many"], "found 'many'"),
            (["--points", "100000"], "1<=x<=1000"),
            (["--seed", "-1"], "-1"),
            (["--mode", "quik"], "'quik' is not one of 'quick'"),
            (["--color", "red"], "'red' is not one of"),
            (["--formt", "json"], "--format"),
        ],
    )
    def test_options_that_mean_nothing_are_refused_before_the_check(
        self, run: Run, arguments: list[str], words: str
    ) -> None:
        shown = run("check", "right.yaml", *arguments)
        assert shown.exit_code == 2
        assert words in shown.stderr
        assert shown.stdout == ""

    @pytest.mark.parametrize("place", ["--output=folder", "--format=json=folder"])
    def test_what_can_not_be_written_is_told(
        self, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        def refuse(*args: object, **kwargs: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("tempfile.mkstemp", refuse)
        shown = run("check", "right.yaml", place)
        assert shown.exit_code == 2
        assert "'folder' could not be written: Permission denied" in shown.stderr

    def test_a_file_is_replaced_whole_or_not_at_all(
        self, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*args: object) -> None:
            raise OSError(28, "No space left on device")

        (folder / "r.txt").write_text("before")
        with monkeypatch.context() as patch:
            patch.setattr("pathlib.Path.replace", full)
            assert run("check", "right.yaml", "--output", "r.txt").exit_code == 2
        assert (folder / "r.txt").read_text() == "before"
        assert not list(folder.glob(".r.txt*"))
        run("check", "right.yaml", "--output", "r.txt")
        assert (folder / "r.txt").read_text().startswith("right:")

    def test_links_are_followed_and_permissions_kept(self, run: Run, folder: Path) -> None:
        (folder / "real.txt").touch(mode=0o640)
        (folder / "link.txt").symlink_to("real.txt")
        run("check", "right.yaml", "--output", "link.txt")
        assert (folder / "link.txt").is_symlink()
        assert (folder / "real.txt").read_text().startswith("right:")
        assert (folder / "real.txt").stat().st_mode & 0o777 == 0o640

    def test_a_device_is_written_to_and_stays_one(self, run: Run) -> None:
        assert run("check", "right.yaml", "--output", "/dev/null").exit_code == 0
        assert Path("/dev/null").is_char_device()

    @pytest.mark.parametrize(
        ("variables", "option", "coloured"),
        [
            ({}, "auto", False),
            ({"FORCE_COLOR": "1"}, "auto", True),
            ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, "auto", False),
            ({"NO_COLOR": "1"}, "always", True),
            ({"FORCE_COLOR": "1"}, "never", False),
        ],
    )
    def test_colour_is_a_choice(
        self,
        run: Run,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        variables: dict[str, str],
        option: str,
        coloured: bool,
    ) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        shown = run("check", "right.yaml", "--color", option, "--format", "text",
                    "--format", "markdown=r.md")  # fmt: skip
        assert ("\x1b[" in shown.stdout_bytes.decode()) == coloured
        assert "\x1b[" not in (folder / "r.md").read_text()

    def test_quiet_says_less_and_verbose_more(self, run: Run) -> None:
        lines = [
            len(run("check", "wrong.yaml", *flags).stdout.splitlines())
            for flags in (["-q"], [], ["-v"])
        ]
        assert lines[0] == 2
        assert lines[0] < lines[1] < lines[2]


def test_fail_fast_stops_after_the_first_failure(run: Run) -> None:
    shown = run("check", "right.yaml", "wrong.yaml", "broken.yaml", "--fail-fast", "-q")
    assert shown.exit_code == 1
    assert "broken" not in shown.stdout
    assert "2 problems: 1 right, 1 wrong" in shown.stdout


def test_python_is_not_run_where_that_is_forbidden(run: Run, folder: Path) -> None:
    text = (folder / "right.yaml").read_text()
    start, stop = text.index("gradients:"), text.index("check:")
    (folder / "f.py").write_text("open('ran', 'w')\ndef f(p, i, t): return p\n")
    (folder / "p.yaml").write_text(f"{text[:start]}gradients: {{python: f.py:f}}\n{text[stop:]}")
    refused = run("check", "p.yaml", "--no-python")
    assert refused.exit_code == 2
    assert "--no-python forbids to run any" in refused.stdout
    assert not (folder / "ran").exists()
    assert run("check", "p.yaml").exit_code == 1


def test_a_loss_that_is_not_finite_is_told(run: Run, folder: Path) -> None:
    text = (folder / "right.yaml").read_text().replace("factor: 0.5", "scale: 1e300")
    (folder / "right.yaml").write_text(f"{text}parameters: {{output.bias: 1e30}}\n")
    shown = run("check", "right.yaml")
    assert shown.exit_code == 2
    assert "the loss is inf at the given point" in shown.stdout


def test_the_progress_bar_appears_after_a_while_at_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from gradcheck.cli import _progress

    clock = count(step=_progress.PATIENCE * 0.75)
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    with _progress.Bar() as hidden:
        hidden("a", 0.5)
        hidden("a", 1.0)
    assert hidden._bar is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    bar = _progress.Bar()
    with bar:
        bar("a", 0.25)
        early = bar._bar
        bar("a", 0.5)
        late = bar._bar
    assert early is None
    assert late is not None
    assert late.tasks[0].completed == 0.5
