"""Layers and losses by Python functions: forward refereed, backward claimed, misuse explained."""

from collections.abc import Callable
from typing import Any

import pytest

from gradcheck.config.claims import Policy
from gradcheck.report import ProblemReport

Config = dict[str, Any]
Checked = Callable[..., ProblemReport]
Network = Callable[..., Config]
Own = Callable[[str], None]

GATED = """
def forward(x, W, b):
    s = x @ W + b
    return np.tanh(s) * s, (x, W, s)

def backward(dy, cache):
    x, W, s = cache
    t = np.tanh(s)
    ds = dy * (t + s * (1 - t**2))
    return ds @ W.T, x.T @ ds, ds.sum(axis=0)

def by_name(dy, cache):
    dx, dW, db = backward(dy, cache)
    return {"b": db, "x": dx, "W": dW}

def off_in_x(dy, cache):
    dx, dW, db = backward(dy, cache)
    return {"x": dx * (1 + 1e-9), "W": dW, "b": db}

def off_in_one_weight(dy, cache):
    dx, dW, db = backward(dy, cache)
    dW[3, 1] += 1e-6
    return dx, dW, db

def plain(x, W, b):
    return np.exp(-(x @ W + b) ** 2)

def plain_back(dy, x, W, b):
    ds = dy * -2 * (x @ W + b) * plain(x, W, b)
    return ds @ W.T, x.T @ ds, ds.sum(axis=0)
"""
PARAMETERS = {"W": [5, 11], "b": [11]}


@pytest.fixture
def checked(checked: Checked) -> Checked:
    """Check at the given point alone, unless told otherwise."""
    return lambda config, **settings: checked(config, **{"points": 1, **settings})


def layer(forward: str = "forward", backward: str | None = "backward", **more: Any) -> Config:
    claim = {} if backward is None else {"backward": f"own.py:{backward}"}
    return {"python": f"own.py:{forward}", "parameters": PARAMETERS, **claim, **more}


def wrong(problem: ProblemReport) -> set[str]:
    return {check.parameter for check in problem.checks if check.verdict == "wrong"}


def methods(problem: ProblemReport) -> set[str]:
    return {check.method for check in problem.checks}


@pytest.mark.parametrize(
    ("forward", "backward"),
    [("forward", "backward"), ("forward", "by_name"), ("plain", "plain_back")],
)
def test_a_right_backward_pass_is_right_and_the_complex_step_says_so(
    forward: str, backward: str, network: Network, own: Own, checked: Checked
) -> None:
    own(GATED)
    problem = checked(network(layer(forward, backward), check={"inputs": ["x"]}))
    assert problem.verdict == "right"
    assert methods(problem) == {"complex_step"}
    assert problem.entries_checked == 15 + 5 + 55 + 11 + 22 + 2 + 21


@pytest.mark.parametrize(
    ("backward", "found"),
    [
        ("off_in_x", {"hidden.weight", "hidden.bias", "x"}),
        ("off_in_one_weight", {"act.W"}),
    ],
)
def test_a_mistake_in_the_backward_pass_is_found_where_it_tells(
    backward: str, found: set[str], network: Network, own: Own, checked: Checked
) -> None:
    own(GATED)
    problem = checked(network(layer(backward=backward), check={"inputs": ["x"]}))
    assert wrong(problem) == found


def test_a_declared_shape_spares_the_trial(network: Network, own: Own, checked: Checked) -> None:
    own(GATED.replace("s = x @ W + b", "assert (x < 0).any()\n    s = x @ W + b"))
    tried = checked(network(layer()))
    assert tried.verdict == "error"
    assert "tried with numbers between 0 and 1; `shape: [...]`" in (tried.message or "")
    assert checked(network(layer(shape=[11]))).verdict == "right"
    other = checked(network(layer(shape=[13])))
    assert "gives shape (7, 11), but (7, 13) is declared" in (other.message or "")


WHOLE = """
def whole(params, inputs, targets):
    x = inputs["x"]
    h = x @ params["hidden.weight"] + params["hidden.bias"]
    y, cache = forward(h, params["act.W"], params["act.b"])
    d = y @ params["out.weight"] + params["out.bias"] - targets["y"]
    dh, dW, db = backward(d @ params["out.weight"].T, cache)
    return {
        "out.weight": y.T @ d, "out.bias": d.sum(axis=0), "act.W": dW, "act.b": db,
        "hidden.weight": x.T @ dh, "hidden.bias": dh.sum(axis=0),
        "x": SIGN dh @ params["hidden.weight"].T,
    }
"""


@pytest.mark.parametrize(("sign", "found"), [("", set()), ("-", {"x"})])
def test_gradients_of_the_whole_network_are_claim_enough(
    sign: str, found: set[str], network: Network, own: Own, checked: Checked
) -> None:
    own(GATED + WHOLE.replace("SIGN", sign))
    problem = checked(network(layer(backward=None), gradients={"python": "own.py:whole"}))
    assert wrong(problem) == found
    assert problem.verdict == ("wrong" if found else "right")
    assert len(problem.checks) == 7


UNSAFE = """
def normed(x):
    n = np.linalg.norm(x, axis=1, keepdims=True)
    return x / n

def normed_back(dy, x):
    n = np.linalg.norm(x, axis=1, keepdims=True)
    return dy / n - x * np.sum(dy * x, axis=1, keepdims=True) / n**3

def normed_wrong(dy, x):
    return dy / np.linalg.norm(x, axis=1, keepdims=True)

def looped(x):
    out = np.zeros(x.shape)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] ** 2 if x[i, j] > 0 else 0.0
    return out

def looped_back(dy, x):
    return dy * 2 * x * (x > 0)

def single(x):
    return np.tanh(x.astype(np.float32))

def single_back(dy, x):
    return dy / np.cosh(x) ** 2
"""


@pytest.mark.parametrize(
    ("forward", "backward", "verdicts"),
    [
        ("normed", "normed_back", {"right"}),
        ("looped", "looped_back", {"right"}),
        ("single", "single_back", {"right", "undecided"}),
    ],
)
def test_a_forward_that_complex_numbers_do_not_survive_is_left_to_differences(
    forward: str,
    backward: str,
    verdicts: set[str],
    network: Network,
    own: Own,
    checked: Checked,
) -> None:
    own(UNSAFE)
    act = {"python": f"own.py:{forward}", "backward": f"own.py:{backward}"}
    problem = checked(network(act))
    assert problem.verdict in verdicts, problem
    assert methods(problem) == {"differences"}


def test_differences_find_mistakes_as_well(network: Network, own: Own, checked: Checked) -> None:
    own(UNSAFE)
    act = {"python": "own.py:normed", "backward": "own.py:normed_wrong"}
    assert wrong(checked(network(act))) == {"hidden.weight", "hidden.bias"}


BRANCHED = """
def forward(x):
    return x**3 if x.sum() > BOUND else x**2 * np.abs(x) * np.sign(x)

def backward(dy, x):
    return dy * 3 * x**2
"""


@pytest.mark.parametrize("bound", ["0", "3"])
def test_a_branch_that_is_not_analytic_is_noticed_when_it_is_taken(
    bound: str, network: Network, own: Own, checked: Checked
) -> None:
    own(BRANCHED.replace("BOUND", bound))
    act = {"python": "own.py:forward", "backward": "own.py:backward"}
    problem = checked(network(act), points=3)
    assert problem.verdict == "right"
    assert len(problem.probes) == 3


KINKED = """
def relu(z):
    return np.maximum(z, 0)

def below(dy, z):
    return dy * (z > 0)

def above(dy, z):
    return dy * (z >= 0)

def off(dy, z):
    return dy * (z > 0) * 1.001
"""
ZEROS = {"hidden.weight": "zeros", "hidden.bias": "zeros"}


@pytest.mark.parametrize("backward", ["below", "above"])
def test_at_kinks_that_nobody_lists_correct_code_is_not_accused(
    backward: str, network: Network, own: Own, checked: Checked
) -> None:
    own(KINKED)
    act = {"python": "own.py:relu", "backward": f"own.py:{backward}"}
    assert checked(network(act)).verdict == "right"
    assert checked(network(act, parameters=ZEROS)).verdict in ("right", "undecided")
    wronged = checked(network({**act, "backward": "own.py:off"}))
    assert wrong(wronged) == {"hidden.weight", "hidden.bias"}


LOSSES = """
def total(yhat, y):
    return np.mean(np.log(np.cosh(yhat - y)))

def terms(yhat, y):
    return np.log(np.cosh(yhat - y)), yhat - y

def total_back(dy, yhat, y):
    return dy * np.tanh(yhat - y) / y.size, None

def terms_back(dy, cache):
    return dy * np.tanh(cache), None
"""


@pytest.mark.parametrize(("loss", "reduction"), [("total", None), ("terms", "element_mean")])
def test_a_loss_is_one_number_or_terms(
    loss: str, reduction: str | None, network: Network, own: Own, checked: Checked
) -> None:
    own(LOSSES)
    use = {"python": f"own.py:{loss}", "backward": f"own.py:{loss}_back"}
    use |= {} if reduction is None else {"reduction": reduction}
    assert checked(network("tanh(z)", loss=use)).verdict == "right"
    config = network("tanh(z)", "(d @ out.weight.T) * (1 - act**2)", loss=use)
    text = config["gradients"]["backward"]
    right = text.replace("yhat - y", "tanh(yhat - y) / y.size")
    assert checked({**config, "gradients": {"backward": right}}).verdict == "right"
    assert len(wrong(checked(config))) == 4


def test_one_number_can_not_be_reduced(network: Network, own: Own, checked: Checked) -> None:
    own(LOSSES)
    use = {"python": "own.py:total", "reduction": "element_mean"}
    problem = checked(network("tanh(z)", loss=use))
    assert "gives one number, so there is nothing to reduce" in (problem.message or "")
    assert problem.location is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(x):\n    return x.sum()", "it gives shape (), but a layer's output has the batch"),
        ("def f(x):\n    x += 1\n    return x", "changed its argument 1 in place"),
        ("def g(x):\n    return x", "own.py has no 'f'"),
    ],
)
def test_misuse_is_explained_at_its_place(
    text: str, words: str, network: Network, own: Own, checked: Checked
) -> None:
    own(text)
    problem = checked(network({"python": "own.py:f"}))
    assert problem.verdict == "error"
    assert words in (problem.message or "")
    assert problem.location is not None
    assert problem.location.line > 1


def test_without_a_backward_pass_our_own_backprop_says_what_it_lacks(
    network: Network, own: Own, checked: Checked
) -> None:
    own(GATED)
    problem = checked(network(layer(backward=None)))
    assert problem.verdict == "error"
    assert "own.py:forward has no backward pass" in (problem.message or "")
    assert problem.location is not None


def test_no_python_forbids_it(network: Network, own: Own, checked: Checked) -> None:
    own(GATED)
    problem = checked(network(layer()), policy=Policy(python=False))
    assert "--no-python forbids to run any" in (problem.message or "")


def test_a_function_that_hangs_is_ended(network: Network, own: Own, checked: Checked) -> None:
    own("import time\ndef f(x):\n    time.sleep(60)\n    return x")
    problem = checked(network({"python": "own.py:f"}), policy=Policy(timeout=0.5))
    assert "took longer than" in (problem.message or "")
