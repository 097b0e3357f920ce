"""Errors of formulas stand where the formula's letters stand in the file."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.config.compose import documents
from gradcheck.config.load import Loaded
from gradcheck.config.opening import Failed
from gradcheck.config.places import location
from gradcheck.config.text import Node, Source
from gradcheck.errors import ConfigError
from gradcheck.problem import Claims, Problem

GOOD = "grad.output.bias = (yhat - y).sum(axis=0)"
STYLES = {
    "literal": "  backward: |\n    # é first\n\n    {good}\n    {bad}\n    # last\n",
    "stripped": "  backward: |-\n    {good}\n    {bad}\n",
    "indented": "  backward: |2  # a comment\n      \n    {bad}\n",
    "far": "  backward: |\n              {good}  # a comment\n\n              {bad}\n",
    "folded": "  backward: >\n    {good}\n\n    {bad}\n",
    "double": '  backward: "{good}\\n\\\n      {bad}"\n',
    "escaped": '  backward: "{good} # \\u00e9\\t\\x41\\n{bad}"\n',
    "single": "  backward: '{good} # it''s\n\n    {bad}'\n",
    "plain": "  backward: {bad}\n",
    "flow": "  {{backward: '{bad}'}}\n",
    "nested": "  ? backward\n  : |\n   {good}\n   {bad}\n",
}
MISTAKES = {
    "1 + sin(nope)": "nope",
    "hidden @ hiden": "hiden",
    "tnah(hidden)": "tnah",
    "x @ x": "x @",
    "x ** 9 ** 9": "x **",
    "x if y else x": "x if",
    "import_(x)": "import_",
    "sum(x": "(x",
}


def _claim(problem: Problem) -> Sequence[Claims]:
    return problem.claims([problem.probe(0, 0)])


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_formula_is_found_in_the_file(
    load: Callable[..., list[Loaded | Failed]], base: str, style: str, mistake: str
) -> None:
    bad = f"grad.hidden.bias = {mistake}"
    text = base + "gradients:\n" + STYLES[style].format(good=GOOD, bad=bad)
    (result,) = load(text)
    if isinstance(result, Loaded):
        with pytest.raises(ConfigError) as caught:
            _claim(result.problem)
        error = caught.value
    else:
        assert isinstance(result.error, ConfigError)
        error = result.error
    rest = text.split("\n")[error.line - 1][error.column - 1 :]
    assert rest.startswith(MISTAKES[mistake]), (error, rest)


@pytest.mark.parametrize("style", STYLES)
def test_a_gradient_stands_where_it_is_assigned(
    loaded: Callable[..., Loaded], base: str, style: str
) -> None:
    bad = "grad.hidden.bias = x.sum()"
    text = base + "gradients:\n" + STYLES[style].format(good=GOOD, bad=bad)
    place = loaded(text).problem.locations["hidden.bias"]
    line = text.split("\n")[place.line - 1]
    assert place.end_line == place.line
    assert line[place.column - 1 : place.end_column - 1] == bad


@pytest.mark.parametrize(
    ("formulas", "place", "words"),
    [
        ("grad.hiden.bias = 1", (12, 5), "no parameter's gradient; did you mean 'grad.hidden.bias"),
        ("delta = yhat - y", (11, 13), "assign no gradient; write, for example, grad.hidden.weig"),
        ("# nothing", (11, 13), "assign no gradient"),
        ("grad.output.bias == 1", (12, 5), "a line of a formula reads `name = expression`"),
        ("a = 1\n      b = 2", (13, 7), "unexpected indent"),
    ],
)
def test_formulas_without_a_gradient_are_refused(
    failure: Callable[..., ConfigError],
    base: str,
    formulas: str,
    place: tuple[int, int],
    words: str,
) -> None:
    error = failure(f"{base}gradients:\n  backward: |\n    {formulas}\n")
    assert words in error.message
    assert (error.line, error.column) == place


def test_a_runaway_power_is_refused_and_not_computed(
    loaded: Callable[..., Loaded], base: str
) -> None:
    problem = loaded(f"{base}gradients: {{backward: grad.hidden.bias = 9**9**9}}\n").problem
    with pytest.raises(ConfigError, match="an exponent must lie between") as caught:
        _claim(problem)
    assert (caught.value.line, caught.value.column) == (10, 42)


LETTERS = st.text(st.sampled_from("ab'\"\\#:é \n\t{}[]😀"), min_size=1, max_size=30)


@given(text=LETTERS.filter(lambda t: t.strip()), style=st.sampled_from(["'", '"', "|", ">"]))
def test_every_visible_letter_is_found_again(text: str, style: str) -> None:
    written = yaml.dump({"k": text}, default_style=style, allow_unicode=True, width=20)
    source = Source(file="f", text=written, folder=Path())
    (root,) = documents(source)
    assert isinstance(root, Node)
    ((_, node),) = root.pairs
    assert node.text == text
    for number, line in enumerate(text.split("\n"), 1):
        for column, letter in enumerate(line, 1):
            place = location(source, node, (number, column), (number, column + 1))
            found = written.split("\n")[place.line - 1][place.column - 1]
            assert letter.isspace() or found == letter or found == "\\"
