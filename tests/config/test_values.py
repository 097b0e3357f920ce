"""Values of the wrong type, unknown keys, and numbers in every usual notation."""

from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.config.forms import Number
from gradcheck.config.load import Loaded
from gradcheck.config.ops import _form
from gradcheck.errors import ConfigError
from gradcheck.op import Option

Changed = Callable[[str, str], ConfigError]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("7", 7), ("+7", 7), ("7.0", 7), ("7e0", 7), ("0.7E1", 7), ("0x10", 16), ("0b111", 7),
        ("0o17", 15), ("1_000", 1000), ("1e2", 100), ("007", 7),
    ],
)  # fmt: skip
def test_whole_numbers_are_read_in_any_notation(
    loaded: Callable[..., Loaded], base: str, written: str, value: int
) -> None:
    result = loaded(base.replace("units: 3", f"units: {written}"))
    assert result.problem.shapes["hidden.bias"] == (value,)


@pytest.mark.parametrize(
    ("written", "value"),
    [("1e-5", 1e-5), ("1E5", 1e5), (".5", 0.5), ("5.", 5.0), ("+3", 3.0), ("-0x10", -16.0)],
)
def test_numbers_are_read_in_any_notation(
    loaded: Callable[..., Loaded], base: str, written: str, value: float
) -> None:
    (bias,) = (
        loaded(f"{base}parameters: {{output.bias: {written}}}\n")
        .problem.probe(0, 0)
        .parameters["output.bias"]
    )
    assert bias == value


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("three", "found 'three'"), ("true", "found 'true'"), ("2.5", "found '2.5'"),
        ("-1", "found '-1'"), ("0", "found '0'"), ("1e400", "found '1e400'"),
        (".nan", "found '.nan'"), (".inf", "found '.inf'"), ("-.inf", "found '-.inf'"),
        ("nan", "found 'nan'"), ("inf", "found 'inf'"), ("null", "found nothing"),
        ("~", "found nothing"), ("", "found nothing"), ("1__0", "found '1__0'"),
        ("0x", "found '0x'"), ("1:30", "found '1:30'"), ("٣", "found '٣'"),
        ("'3'", "found the text '3'; write it without quotes"), ("[3]", "found a list of 1"),
        ("{a: 1}", "found a mapping with 'a'"), ("9" * 400, "found '9999"),
    ],
)  # fmt: skip
def test_what_is_no_whole_number_is_refused(changed: Changed, written: str, found: str) -> None:
    error = changed("units: 3", f"units: {written}")
    assert error.message.startswith(f"expected a whole number of at least 1, {found}")
    assert (error.line, error.column) == (5, 31)


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("network:", "netwrok:", (2, 1), "has no key 'netwrok'; did you mean 'network'?"),
        ("network:", "qqq:", (2, 1), "has no key 'qqq'; known are check, data, expect, gradients"),
        ("reduction", "reducton", (8, 24), "has no key 'reducton'; did you mean 'reduction'?"),
        ("reduction", "REDUCTION", (8, 24), "did you mean 'reduction'?"),
        (
            "sum",
            "summ",
            (8, 35),
            "expected one of sum, batch_mean, element_mean, active_mean, found 'summ'; did",
        ),
        ("{x: [2]}", "[x]", (3, 11), "expected a mapping from each input to its shape, found a"),
        ("[2]", "two", (3, 15), "expected a whole number of at least 1, found 'two'"),
        ("name: base", "name: [a]", (1, 7), "expected text, found a list of 1"),
        ("name: base", "name: ''", (1, 7), "expected text, found the text ''"),
        ("name: base", "seed: -1", (1, 7), "expected a whole number of at least 0, found '-1'"),
        ("units: 3", "units: 3, bias: 1", (5, 40), "expected true or false, found '1'"),
        ("units: 3", "units: 3, bias: 'no'", (5, 40), "expected true or false, found the text"),
        ("{batch: 5", "{batch: 0", (9, 15), "expected a whole number of at least 1, found '0'"),
        ("name: base", "check: {points: 0}", (1, 17), "a whole number from 1 to 1000, found '0'"),
        ("name: base", "check: {rtol: -1}", (1, 15), "expected a finite number of at least 0"),
        ("name: base", "check: {memory: 0}", (1, 17), "expected a finite number above 0"),
        ("name: base", "check: {mode: quik}", (1, 15), "did you mean 'quick'?"),
        ("name: base", "check:", (1, 7), "expected a mapping (check), found nothing"),
        ("name: base", "expect: {verdict: wrnog}", (1, 19), "did you mean 'wrong'?"),
    ],
)
def test_wrong_types_and_unknown_words_are_refused_at_their_place(
    changed: Changed, old: str, new: str, place: tuple[int, int], words: str
) -> None:
    error = changed(old, new)
    assert words in error.message
    assert (error.line, error.column) == place


@pytest.mark.parametrize("key", ["network", "loss", "data"])
def test_a_key_that_is_needed_is_missed(
    failure: Callable[..., ConfigError], base: str, key: str
) -> None:
    lines = base.splitlines(keepends=True)
    start = next(k for k, line in enumerate(lines) if line.startswith(f"{key}:"))
    stop = next((k for k in range(start + 1, len(lines)) if lines[k][0] != " "), len(lines))
    error = failure("".join(lines[:start] + lines[stop:]))
    assert f"the config needs {key!r} (" in error.message


@pytest.mark.parametrize(
    ("bounds", "what"),
    [
        ({"above": 0.0, "below": 1.0}, "a finite number above 0 and below 1"),
        ({"minimum": 0.0, "below": 1.0}, "a finite number of at least 0 and below 1"),
        ({"minimum": -2.0, "maximum": 2.0}, "a finite number from -2 to 2"),
        ({}, "a finite number"),
    ],
)
def test_bounds_are_told_in_words(bounds: dict[str, Any], what: str) -> None:
    assert Number(**bounds)._what() == what


def test_an_option_hands_on_all_its_bounds() -> None:
    option = Option(doc="a share", type="number", minimum=0.0, below=1.0)
    assert _form(option).schema() == {"type": "number", "minimum": 0.0, "exclusiveMaximum": 1.0}
