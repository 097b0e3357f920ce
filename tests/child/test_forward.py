"""The service that calls a user's own forward and backward pass, without a process around it."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gradcheck.array import Array
from gradcheck.child import forward, wire
from gradcheck.child.worker import Handler
from gradcheck.errors import ClaimError

Serve = Callable[..., Handler]
RUN = {"do": "run", "count": 1, "stacked": [], "twice": True, "inputs": 1, "parameters": []}
X = np.random.default_rng(5).normal(size=(7, 5))


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Load functions of a text, as the child does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "modules", {**sys.modules})

    def served(text: str, *names: str) -> Handler:
        (tmp_path / "own.py").write_text(f"import numpy as np\n\n{text}", "utf-8")
        handler = forward.service()
        roles = zip(("forward", "backward"), names or ("f",), strict=False)
        places = {role: {"source": "own.py", "is_file": True, "name": name} for role, name in roles}
        handler({"do": "load", "places": places}, {})
        return handler

    return served


MISUSES = {
    "def f(x):\n    x += 1\n    return x": "own.py:f changed its argument 1 in place",
    "calls = []\ndef f(x):\n    calls.append(1)\n    return x * len(calls)": (
        "returns something else when it is called again"
    ),
    "g = np.random.default_rng(3)\ndef f(x):\n    return x * g.random()": "freeze what is random",
    "def f(x):\n    pass": "Is a `return` missing?",
    "def f(x):\n    return 'text'": "expected real numbers",
    "def f(x):\n    return [[1], [2, 3]]": "gave an output that is no array",
    "def f(x, W):\n    return x": "can't be called as f(...): TypeError",
    "def f(x):\n    return x @ np.ones(3)": "raised ValueError: matmul",
    "def f(x):\n    raise SystemExit(3)": "called sys.exit(3)",
}


@pytest.mark.parametrize("text", MISUSES)
def test_misuse_is_explained(text: str, serve: Serve) -> None:
    handler = serve(text)
    with pytest.raises(ClaimError) as caught:
        handler(RUN, {"inputs/0": X.copy()})
    assert MISUSES[text] in str(caught.value)


def test_many_points_are_answered_at_once(serve: Serve) -> None:
    handler = serve("def f(x, y, W):\n    return np.tanh(x @ W) * y, 'cache'")
    rng = np.random.default_rng(2)
    many, y = rng.normal(size=(3, 5, 11)), rng.normal(size=(7, 1))
    header = {**RUN, "count": 3, "inputs": 2, "parameters": ["W"], "stacked": ["parameters/W"]}
    _, found = handler(header, {"inputs/0": X, "inputs/1": y, "parameters/W": many})
    np.testing.assert_array_equal(found["output"], np.tanh(X @ many) * y)


def test_another_shape_for_other_values_is_an_error(serve: Serve) -> None:
    handler = serve("def f(x):\n    return x[: 3 + (x > 9).any()]")
    header = {**RUN, "count": 2, "stacked": ["inputs/0"]}
    with pytest.raises(ClaimError, match="another shape for other values"):
        handler(header, {"inputs/0": np.stack([X, 100 * X])})


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("def f(x):\n    return np.tanh(x) * x", None),
        ("def f(x):\n    return np.abs(x)", "own.py:f uses absolute"),
        ("def f(x):\n    return np.asarray(x) ** 2", "does not keep complex numbers"),
        ("def f(x):\n    return float(x[0, 0]) * x", "own.py:f uses float()"),
        ("import math\ndef f(x):\n    return math.exp(x[0, 0]) * x", "float()"),
        ("def f(x):\n    out = np.zeros(x.shape)\n    out[:] = x\n    return out", "in vain"),
        ("def f(x):\n    return np.ones(3)", "does not keep complex numbers"),
    ],
)
def test_complex_points_are_answered_only_if_all_was_analytic(
    text: str, lost: str | None, serve: Serve
) -> None:
    h = 2.0**-100
    answer, found = serve(text)({**RUN, "twice": False}, {"inputs/0": X + 1j * h})
    if lost is None:
        slope = np.tanh(X) + X / np.cosh(X) ** 2
        np.testing.assert_allclose(found["output"][0].imag / h, slope, rtol=1e-13)
    else:
        assert lost in answer["lost"]
        assert not found


BACK = """
def f(x, W):
    return x @ W, (x, W)

def plain(x, W):
    return x @ W

def by_cache(dy, cache):
    x, W = cache
    return dy @ W.T, x.T @ dy

def by_name(dy, cache):
    return {"W": cache[0].T @ dy, "x": dy @ cache[1].T}

def by_arguments(dy, x, W):
    return dy @ W.T, x.T @ dy

def one(dy, cache):
    return dy

def stranger(dy, cache):
    return {"V": dy}

def words(dy, cache):
    return "a", None

def spoiling(dy, cache):
    dy *= 2
    return dy, None

def constant(dy, cache):
    return None, cache[0].T @ dy
"""


def back(handler: Handler, dy: Array, w: Array) -> wire.Arrays:
    header = {**RUN, "do": "back", "parameters": ["W"], "names": [["hidden", "z"]]}
    return handler(header, {"inputs/0": X, "parameters/W": w, "dy": dy})[1]


@pytest.fixture
def dy() -> Array:
    return np.random.default_rng(6).normal(size=(7, 11))


@pytest.fixture
def w() -> Array:
    return np.random.default_rng(4).normal(size=(5, 11))


@pytest.mark.parametrize(
    ("first", "second"), [("f", "by_cache"), ("f", "by_name"), ("plain", "by_arguments")]
)
def test_gradients_come_by_position_or_by_name(
    first: str, second: str, serve: Serve, dy: Array, w: Array
) -> None:
    found = back(serve(BACK, first, second), dy, w)
    np.testing.assert_allclose(found["inputs/0"], dy @ w.T, rtol=1e-14)
    np.testing.assert_allclose(found["parameters/W"], X.T @ dy, rtol=1e-14)


def test_none_stands_for_no_gradient(serve: Serve, dy: Array, w: Array) -> None:
    assert set(back(serve(BACK, "f", "constant"), dy, w)) == {"parameters/W"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("one", "own.py:one returned 1 gradients; expected 2: by x, W"),
        ("stranger", "returned a gradient by 'V'; expected x, W"),
        ("words", "a gradient by 'x' with elements of type <U1"),
        ("spoiling", "own.py:spoiling changed its argument 1 in place"),
    ],
)
def test_a_backward_pass_that_gives_something_else_is_an_error(
    name: str, words: str, serve: Serve, dy: Array, w: Array
) -> None:
    handler = serve(BACK, "f", name)
    with pytest.raises(ClaimError) as caught:
        back(handler, dy, w)
    assert words in str(caught.value)
