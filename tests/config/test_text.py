"""Files that are no YAML, and YAML that is no plain data."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config import compose
from gradcheck.config.load import Loaded, Loader
from gradcheck.config.opening import Failed
from gradcheck.config.recognition import looks_like_config
from gradcheck.config.text import MAX_BYTES
from gradcheck.errors import ConfigError
from gradcheck.settings import Policy

Failure = Callable[..., ConfigError]


@pytest.mark.parametrize("text", ["", "\n\n", "# a\n# b\n", "---\n---\n", "...\n", "%YAML 1.1\n"])
def test_a_file_that_says_nothing_is_empty(failure: Failure, text: str) -> None:
    error = failure(text)
    assert "the file is empty" in error.message
    assert "gradcheck init" in error.message


@pytest.mark.parametrize("text", ["word\n", "- a\n- b\n", "null\n", "3\n"])
def test_a_root_that_is_no_mapping_is_refused(failure: Failure, text: str) -> None:
    error = failure(text)
    assert "expected a mapping (the config), found" in error.message
    assert (error.line, error.column) == (1, 1)


def test_missing_files_offer_the_nearest_there_is(tmp_path: Path) -> None:
    (tmp_path / "sine.yaml").touch()
    loader = Loader(ops=OPS, faults=FAULTS, policy=Policy())
    (result,) = loader.load(tmp_path / "sin.yaml", "sin.yaml")
    assert isinstance(result, Failed)
    assert "there is no such file; did you mean" in str(result.error)
    assert "sine.yaml" in str(result.error)


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    (result,) = Loader(ops=OPS, faults=FAULTS, policy=Policy()).load(tmp_path, "folder")
    assert isinstance(result, Failed)
    assert str(result.error) == "folder: this is a folder, but a config is a file"


@pytest.mark.parametrize(
    ("raw", "place", "words"),
    [
        (b"\x00\x01\x02", (0, 0), "binary file"),
        ("name: a\n".encode("utf-16"), (0, 0), "the file is UTF-16, but a config is UTF-8"),
        (b"a: 1\nname: \xc3\xa9\xe9\n", (2, 8), "byte 0xe9 is not UTF-8"),
        (b"a: \xed\xa0\x80\n", (1, 4), "byte 0xed is not UTF-8"),
        (b" " * (MAX_BYTES + 1), (0, 0), "larger than 8 MiB"),
        ("b: é\na: \x07".encode(), (2, 4), r"control character '\x07'"),
    ],
)
def test_text_that_is_not_utf_8_is_refused(
    failure: Failure, raw: bytes, place: tuple[int, int], words: str
) -> None:
    error = failure(raw)
    assert words in error.message
    assert (error.line, error.column) == place


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: [1, 2\nb: 3\n", (2, 2), "the list that '[' opens in line 1 is not closed"),
        ("a: {x: 1\nb: 3\n", (2, 2), "the mapping that '{' opens in line 1 is not closed"),
        ("a:\n  b: 1\n   c: 2\n", (3, 5), "found a ':' that can't be here; is the line indented"),
        ("a:\n  b: 1\n c: 2\n", (3, 2), "does not continue the mapping that starts in line 1"),
        ("a:\n  - b\n  c: 1\n", (3, 3), "does not continue the list that starts in line 2"),
        ("a: - b\n", (1, 4), "a list starts on a line of its own"),
        ("a: 'x\nb: 1\n", (3, 1), "the quotation that opens in line 1 is not closed"),
        ('a: "\\d"\n', (1, 4), "a backslash with an unknown meaning"),
        ("a: @x\n", (1, 4), "found '@', which can't start a value; text that starts so needs"),
        ("a: [1,,2]\n", (1, 7), "expected a value here"),
        ("a:\n\tb: 1\n", (2, 1), "found a tab; YAML indents with spaces only"),
        ("a: b\n\tc: 1\n", (2, 1), "found a tab"),
        ("a: *b\n", (1, 4), "there is no anchor &b above the alias *b"),
        ("c: &bat 1\na: *bad\n", (2, 4), "did you mean 'bat'?"),
        ("a: &a [1, *a]\n", (1, 11), "the alias *a stands inside the value that it names"),
        ("a: &\n", (1, 5), "expected a name of letters and digits after '&' or '*'"),
        ("a: 1\nb: 2\na: 3\n", (3, 1), "the key 'a' is there twice, first in line 1"),
        ("a: {b: 1, c: 2, b: 3}\n", (1, 17), "the key 'b' is there twice"),
        ("? [a, b]\n: c\n", (1, 3), "a key must be a word"),
        ("<<: 3\n", (1, 1), "<< merges mappings"),
    ],
)
@pytest.mark.parametrize("parser", [compose._LOADER, yaml.SafeLoader])
def test_broken_yaml_is_explained_where_it_breaks(
    failure: Failure,
    monkeypatch: pytest.MonkeyPatch,
    parser: Any,
    text: str,
    place: tuple[int, int],
    words: str,
) -> None:
    monkeypatch.setattr(compose, "_LOADER", parser)
    error = failure(text)
    assert words in error.message
    # Of an escape, one parser names the quotation and the other the letter.
    assert error.line == place[0]
    assert error.column - place[1] in ((0, 1, 2) if "\\" in text else (0,))


@pytest.mark.parametrize(
    "tag",
    ["!!python/object/apply:os.system", "!!python/name:os.system", "!!set", "!!binary", "!mine"],
)
def test_tags_are_refused(failure: Failure, base: str, tag: str) -> None:
    error = failure(base.replace("name: base", f"name: {tag} ['exit 1']"))
    assert (error.line, error.column) == (1, 7)
    assert f"the tag {tag} " in error.message
    assert ("names a Python object" in error.message) == ("python" in tag)


def test_tags_of_plain_types_are_understood(loaded: Callable[..., Loaded], base: str) -> None:
    text = base.replace("units: 3", "units: !!int '3'").replace("name: base", "name: !!str 5")
    result = loaded(text)
    assert result.problem.shapes["hidden.bias"] == (3,)
    assert result.problem.name == "5"


def test_an_alias_bomb_is_refused_at_once(failure: Failure) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for below, name in zip("abcdefghijkl", "bcdefghijklm", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]")
    start = time.monotonic()
    error = failure("\n".join(lines))
    assert "with its aliases expanded this has more than 1000000 values" in error.message
    assert time.monotonic() - start < 1


def test_a_bomb_of_merges_is_refused(failure: Failure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose, "MAX_VALUES", 1000)
    levels = [f"k{n}: &k{n} {{<<: *k{n - 1}, v{n}: 1}}" for n in range(1, 70)]
    assert "<< merges more than 1000 values" in failure("\n".join(["k0: &k0 {}", *levels])).message


@pytest.mark.parametrize("text", ["[" * 20_000, "{a: " * 20_000, "[" * 3000 + "]" * 3000])
def test_deep_nesting_is_refused_at_once(failure: Failure, text: str) -> None:
    start = time.monotonic()
    assert "nests deeper than 100 levels" in failure("a: " + text).message
    assert time.monotonic() - start < 1


def test_aliases_and_merges_mean_what_yaml_says(loaded: Callable[..., Loaded]) -> None:
    result = loaded(
        """\
seed: &s 3
network:
  inputs: {x: &shape [2]}
  layers:
    - one: &layer {dense: &options {units: 3, bias: false}}
    - two: *layer
    - three: {dense: {<<: *options, units: 5}}
    - four: {dense: {<<: [{units: 7}, *options]}}
loss: squared_error
data: {batch: *s, x: &d {normal: [0, 1]}, y: *d}
"""
    )
    assert result.problem.shapes == {
        "one.weight": (2, 3),
        "two.weight": (3, 3),
        "three.weight": (3, 5),
        "four.weight": (5, 7),
    }
    assert result.problem.probe(0, 0).data["x"].shape == (3, 2)


def test_one_broken_document_does_not_lose_the_others(load: Any, base: str) -> None:
    broken = ["name: [\n", "a: 1\na: 2\n", base.replace("tanh", "tahn"), "a: !x y\n"]
    text = base + "".join(f"---\n{document}---\n{base}" for document in broken)
    results = load(text)
    assert [isinstance(result, Loaded) for result in results] == [True, False] * 4 + [True]
    errors = [result.error for result in results if isinstance(result, Failed)]
    lines = [error.line for error in errors if isinstance(error, ConfigError)]
    starts = [m.end() for m in re.finditer("---\n", text)][::2]
    first = [text.count("\n", 0, start) + 1 for start in starts]
    assert lines == [first[0] + 1, first[1] + 1, first[2] + 5, first[3]]
    assert [r.name for r in results if isinstance(r, Failed)] == ["c[1]", "c[3]", "base", "c[7]"]


@pytest.mark.parametrize("head", ["---\n", "%YAML 1.1\n---\n", "# hello\n\n---\n", "\ufeff", ""])
@pytest.mark.parametrize("tail", ["", "...\n", "...\n# the end\n", "---\n", "---\n# nothing\n"])
def test_markers_around_a_document_make_no_other(
    loaded: Callable[..., Loaded], base: str, head: str, tail: str
) -> None:
    assert loaded(head + base + tail).problem.name == "base"


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_counted(failure: Failure, base: str, line_end: str) -> None:
    error = failure(base.replace("tanh", "tahn").replace("\n", line_end))
    assert (error.line, error.column) == (6, 12)


def test_very_many_documents_are_refused(failure: Failure) -> None:
    assert "more than 1000 documents" in failure("---\na\n" * 1500).message


def test_a_long_run_of_markers_takes_no_time(failure: Failure) -> None:
    start = time.monotonic()
    assert "empty" in failure("...\n" * 50_000).message
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("network: {}\n", True),
        ("a: 1\n---\nloss: b\n", True),
        ("gradients: [\n", True),
        ("on: push\njobs: {}\n", False),
        ("x: !Ref y\n", False),
        ("a: [\n", False),
        ("- network\n", False),
        ("", False),
    ],
)
def test_a_config_among_other_yaml_is_known_by_its_keys(
    tmp_path: Path, text: str, telling: bool
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    assert looks_like_config(path) is telling
