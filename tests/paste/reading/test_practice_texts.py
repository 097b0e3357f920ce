"""The practice texts: all programs of each, and nothing but them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gradcheck.paste.reading.post import Post
from gradcheck.paste.reading.read import read
from gradcheck.paste.reading.rewriting import applied

SEEDS: dict[str, list[tuple[int, int, int | None]]] = {
    "000": [(7, 54, None), (99, 205, None)],
    "001": [(3, 38, None)],
    "002": [(10, 97, None), (116, 183, None)],
    "003": [(6, 76, None), (6, 76, 0)],
    "004": [(31, 173, None), (218, 321, None)],
}


def opened(practice: Sequence[Path], name: str) -> Post:
    [path] = [path for path in practice if path.name.startswith(name)]
    return read(path.read_bytes().decode())


@pytest.mark.parametrize("name", SEEDS)
def test_a_page_has_the_programs_that_a_reader_sees(name: str, practice: Sequence[Path]) -> None:
    found = []
    for program in opened(practice, name).programs:
        titled = program.title.split(" with ")[0].split()
        found.append((int(titled[1]), int(titled[3]), program.variant_of))
    assert found == SEEDS[name]


@pytest.mark.parametrize("name", ["000", "001"])
def test_the_other_frameworks_block_is_left_out_with_a_note(
    name: str, practice: Sequence[Path]
) -> None:
    post = opened(practice, name)
    assert any("TensorFlow code, left out" in note for note in post.notes)
    assert not any("tf." in program.source for program in post.programs)


def test_a_file_is_one_program_whose_every_line_is_its_own(practice: Sequence[Path]) -> None:
    for path in practice:
        if path.suffix != ".py":
            continue
        [program] = read(path.read_bytes().decode()).programs
        lines = path.read_text("utf-8").split("\n")
        assert not any("indentation" in words for words in program.decisions), path.name
        assert all(lines[place.line - 1] == place.given for place in program.places)


def test_a_notebook_with_a_method_replaced_and_trained_again_has_two_programs(
    practice: Sequence[Path],
) -> None:
    first, second = opened(practice, "classes_39").programs
    assert (first.title, second.title) == ("cells 1 to 5", "cells 7 to 9")
    line = second.source.split("\n").index("    back2 = diff") + 1
    assert (second.place(line, 4).cell, second.place(line, 4).line) == (7, 2)


def test_texts_without_edits_stay_as_they_are(practice: Sequence[Path]) -> None:
    for path in practice:
        text = path.read_bytes().decode()
        assert applied(read(text), ()) == text
