"""Whatever a config's text is, loading it gives problems or reasons, and soon."""

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.catalogues import FAULTS, OPS
from gradcheck.config.load import Loaded, Loader
from gradcheck.config.opening import Failed
from gradcheck.config.recognition import looks_like_config
from gradcheck.errors import ConfigError, GradcheckError
from gradcheck.settings import Policy

WHOLE = """\
name: whole
seed: 3
network:
  inputs: {x: [2], z: [3]}
  layers:
    - hidden: {dense: {units: 3}, inputs: x}
    - act: {leaky_relu: {negative_slope: 0.1}}
    - both: {add: {}, inputs: [act, z]}
    - output: {dense: {units: 1, bias: false}}
loss: {squared_error: {factor: 0.5, reduction: sum, target: t}}
regularization: {l2: 0.1, parameters: ["*.weight"]}
data:
  batch: 5
  x: &source {uniform: [0, 1]}
  z: [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 0, 1], [2, 2, 2]]
  t: {expression: "sin(x[:, :1])"}
parameters: {hidden.bias: zeros}
gradients:
  backward: |
    delta = yhat - t
    grad.output.weight = both.T @ delta  # and so on
  only: output.weight
check: {mode: quick, points: 2}
expect: {verdict: wrong, wrong: [output.weight]}
"""
LINES = WHOLE.splitlines()
# fmt: off
ODD = [
    "", "-", ":", "- -", "? ", "&a", "*source", "<<: *source", "!!set", "|", ">", "{", "}", "[",
    "]", "'", '"', "\t", "#", "%", "@", "...", "---", "\x00", "\ufeff", "é", "😀", "\u2028",
    "1e400", ".nan", "-1", "99999999999999999999", "null", "true", "~", "0x", "\\", ",", "\r",
]
# fmt: on

LOADER = Loader(ops=OPS, faults=FAULTS, policy=Policy(python=False))

places = st.integers(0, len(LINES) - 1)
edits = st.one_of(
    st.tuples(st.just("delete"), places, st.just("")),
    st.tuples(st.just("double"), places, st.just("")),
    st.tuples(st.just("indent"), places, st.sampled_from(["", " ", "   ", "\t"])),
    st.tuples(st.just("insert"), places, st.sampled_from(ODD)),
    st.tuples(st.just("value"), places, st.sampled_from(ODD)),
    st.tuples(st.just("swap"), places, st.sampled_from([":-", "[{", "]}", "x0", "1'", ", "])),
)


def mutated(changes: Sequence[tuple[str, int, str]]) -> str:
    lines = list(LINES)
    for kind, number, what in changes:
        line = lines[number % len(lines)]
        changed = {
            "delete": "",
            "double": f"{line}\n{line}",
            "indent": what + line.lstrip(),
            "insert": f"{line[: len(line) // 2]}{what}{line[len(line) // 2 :]}",
            "value": f"{line.partition(':')[0]}: {what}",
            "swap": line.replace(what[0], what[1]) if len(what) == 2 else line,
        }[kind]
        lines[number % len(lines)] = changed
    return "\n".join(lines)


def check(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "c.yaml")
        path.write_bytes(text.encode(errors="surrogatepass"))
        start = time.monotonic()
        results = LOADER.load(path, "c.yaml")
        looks_like_config(path)
        assert time.monotonic() - start < 5
    assert results
    for result in results:
        if isinstance(result, Loaded):
            claims(result)
        else:
            assert isinstance(result, Failed)
            explained(result.error, text)


def claims(result: Loaded) -> None:
    # Formulas may be wrong in ways that only show when they are evaluated.
    with result.stack, suppress(GradcheckError):
        result.problem.claims([result.problem.probe(0, 0)])


def explained(error: GradcheckError, text: str) -> None:
    assert isinstance(error, ConfigError)
    assert error.message
    assert "invalid" not in error.message.lower()
    assert error.line <= len(text.splitlines()) + 1


def test_the_unchanged_config_loads() -> None:
    check(WHOLE)


@settings(max_examples=250)
@given(changes=st.lists(edits, min_size=1, max_size=4))
def test_a_mutated_config_is_loaded_or_explained(changes: list[tuple[str, int, str]]) -> None:
    check(mutated(changes))


@settings(max_examples=60)
@given(text=st.text(max_size=60))
def test_any_text_is_explained(text: str) -> None:
    check(text)


@settings(max_examples=60)
@given(
    words=st.lists(st.sampled_from([*ODD, "a", "a: ", "- ", "\n", "  ", "network:"]), max_size=25)
)
def test_any_heap_of_yaml_signs_is_explained(words: list[str]) -> None:
    check("".join(words))
