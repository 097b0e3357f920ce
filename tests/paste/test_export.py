"""Pasted models as configs: recognised by their numbers, and of the same verdicts."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import yaml

from gradcheck.array import Array
from gradcheck.catalogues import OPS
from gradcheck.chance import Chance
from gradcheck.cli._exports import confirmed
from gradcheck.cli._stdout import Failure
from gradcheck.paste.export.exporting import exported
from gradcheck.paste.export.recognition import RecognitionError, Run, recognised
from gradcheck.paste.session import Request

SAMPLES, INPUTS, HIDDEN, OUTPUTS = 13, 3, 5, 2

COLUMNS = """\
import numpy as np
rng = np.random.RandomState(3)
X = rng.randn(3, 13)
Y = (rng.rand(1, 13) > 0.5).astype(float)
p = {"W1": rng.randn(7, 3) * 0.5, "b1": np.zeros((7, 1))}
p.update(W2=rng.randn(1, 7) * 0.5, b2=np.zeros((1, 1)))
m = X.shape[1]
for i in range(100):
    A1 = np.maximum(0, np.dot(p["W1"], X) + p["b1"])
    A2 = 1 / (1 + np.exp(-(np.dot(p["W2"], A1) + p["b2"])))
    cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
    dZ2 = A2 - Y
    g = {"W2": np.dot(dZ2, A1.T) / m, "b2": np.sum(dZ2, axis=1, keepdims=True) / m}
    dZ1 = np.dot(p["W2"].T, dZ2) * (A1 > 0)
    g["W1"] = np.dot(dZ1, X.T) / m
    g["b1"] = np.sum(dZ1, axis=1, keepdims=True) / m
    for k in p:
        p[k] = p[k] - 0.3 * g[k]
"""

ONLINE = """\
import numpy as np
gen = np.random.default_rng(5)
w_in, w_out = gen.normal(size=7), gen.normal(size=7)
for k in range(300):
    x = gen.uniform(-2, 2)
    t = np.sin(x)
    hid = np.tanh(w_in * x)
    out = hid @ w_out
    w_out += 0.05 * (t - out) * hid
    w_in += 0.05 * (t - out) * w_out * (1 - hid ** 2) * x
"""

SOFTMAX = """\
import numpy as np
np.random.seed(2)
X = np.random.randn(11, 3)
y = np.random.randint(4, size=11)
W, b = 0.1 * np.random.randn(3, 4), np.zeros((1, 4))
reg = 0.01
for i in range(50):
    scores = X @ W + b
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = e / e.sum(axis=1, keepdims=True)
    loss = -np.log(probs[range(11), y]).mean() + 0.5 * reg * np.sum(W * W)
    d = probs.copy()
    d[range(11), y] -= 1
    d /= 11
    dW = X.T @ d + reg * W
    db = d.sum(axis=0, keepdims=True)
    W -= 0.5 * dW
    b -= 0.5 * db
"""

RECURRENT = """\
import numpy as np
gen = np.random.default_rng(7)
xs, t = gen.normal(size=(5, 3)), gen.normal(size=2)
Wx, Wh, Wy = gen.normal(size=(4, 3)), gen.normal(size=(4, 4)), gen.normal(size=(2, 4))
for it in range(20):
    hs = [np.zeros(4)]
    for x in xs:
        hs.append(np.tanh(Wx @ x + Wh @ hs[-1]))
    y = Wy @ hs[-1]
    loss = 0.5 * np.sum((y - t) ** 2)
    dy = y - t
    dWy = np.outer(dy, hs[-1])
    dh = Wy.T @ dy
    dWx, dWh = np.zeros_like(Wx), np.zeros_like(Wh)
    for k in range(5, 0, -1):
        da = dh * (1 - hs[k] ** 2)
        dWx += np.outer(da, xs[k - 1])
        dWh += np.outer(da, hs[k - 1])
        dh = Wh.T @ da
    Wx -= 0.01 * dWx
    Wh -= 0.01 * dWh
    Wy -= 0.01 * dWy
"""


def loaded(text: str) -> dict[str, Any]:
    config = yaml.safe_load(text)
    assert isinstance(config, dict)
    return config


@pytest.mark.parametrize(
    ("source", "old", "new", "layers", "wrong"),
    [
        (COLUMNS, "", "", "dense relu dense sigmoid", []),
        (COLUMNS, "X.T) / m", "X.T)", "dense relu dense sigmoid", ["layer1.weight"]),
        (ONLINE, "* w_out *", "*", "dense tanh dense", ["layer1.weight"]),
        (SOFTMAX, "", "", "dense softmax", []),
        (SOFTMAX, "X.T @ d + reg * W", "X.T @ d - reg * W", "dense softmax", ["layer1.weight"]),
    ],
    ids=["columns", "columns, wrong", "online, wrong", "softmax", "softmax, wrong"],
)  # fmt: skip
def test_a_model_becomes_a_config_with_the_same_verdicts(
    source: str, old: str, new: str, layers: str, wrong: list[str]
) -> None:
    text = exported(Request(text=source.replace(old, new), name="post.txt"))
    config = loaded(text)
    ops = [next(iter(op)) if isinstance(op, dict) else op for op in _ops(config)]
    assert ops == layers.split()
    assert config["expect"].get("wrong", []) == wrong
    assert set(config["gradients"]["values"]) == set(config["parameters"])
    confirmed(text, "post.txt")


def test_a_bias_that_is_never_updated_has_its_value_but_no_claim() -> None:
    moved = SOFTMAX.replace("np.zeros((1, 4))", "np.array([[0.3, -0.2, 0.1, 0.5]])")
    text = exported(Request(text=moved.replace("    b -= 0.5 * db\n", ""), name="dir/post.txt"))
    config = loaded(text)
    assert config["name"] == "post.txt"
    assert config["parameters"]["layer1.bias"] == [0.3, -0.2, 0.1, 0.5]
    assert config["gradients"]["only"] == ["layer1.weight"]
    assert list(config["gradients"]["values"]) == ["layer1.weight"]
    confirmed(text, "post.txt")


def _ops(config: Mapping[str, Any]) -> list[Any]:
    return [op for layer in config["network"]["layers"] for op in layer.values()]


def test_every_program_of_a_text_is_a_document() -> None:
    text = exported(Request(text=f"{SOFTMAX}\nand then\n\n{COLUMNS}", name="post.txt"))
    names = [document["name"] for document in yaml.safe_load_all(text)]
    assert names == ["post.txt#1", "post.txt#2"]


def test_what_is_no_chain_of_dense_layers_is_refused_by_its_parameters() -> None:
    with pytest.raises(RecognitionError, match=r"post.txt can't be written as a .* place for .*Wh"):
        exported(Request(text=RECURRENT, name="post.txt"))


def test_prose_is_refused() -> None:
    with pytest.raises(RecognitionError, match="no program was found"):
        exported(Request(text="Nothing here.", name="post.txt"))


def test_a_config_of_other_verdicts_is_not_handed_out() -> None:
    text = exported(Request(text=SOFTMAX, name="post.txt"))
    values = loaded(text)["gradients"]["values"]["layer1.bias"]
    spoiled = text.replace(str(values), str([-value for value in values]))
    assert spoiled != text
    with pytest.raises(Failure, match=r"other verdicts .*expected the verdict right, found wrong"):
        confirmed(spoiled, "post.txt")


def _run(seed: int, loss: str) -> Run:
    """A run of a network of two layers, made here, with the values that a program would have."""
    chance, fixed = Chance([seed]), Chance([0])
    x, y = fixed.normal(size=(SAMPLES, INPUTS)), fixed.normal(size=(SAMPLES, OUTPUTS))
    w1, b1 = chance.normal(size=(INPUTS, HIDDEN)), chance.normal(size=(HIDDEN,))
    w2 = chance.normal(size=(HIDDEN, OUTPUTS))
    z = x @ w1 + b1
    a = np.tanh(z)
    p = a @ w2
    losses: dict[str, float] = {
        "half": float(0.5 * np.sum((p - y) ** 2)),
        "mean": float(np.mean((p - y) ** 2)),
        "decayed": float(np.sum((p - y) ** 2) / SAMPLES + 0.35 * (np.sum(w1**2) + np.sum(w2**2))),
        "odd": float(np.sum(np.abs(p - y) ** 1.7)),
    }
    values: list[Array] = [x.T, y, x @ w1, z, a, p.T, p - y]
    return Run(
        parameters=(w1, b1, w2), claims=(w1, b1, w2), loss=losses[loss], values=tuple(values)
    )


@pytest.mark.parametrize(
    ("loss", "factor", "decay"),
    [("half", 0.5, 0), ("mean", 1 / (SAMPLES * OUTPUTS), 0), ("decayed", 1 / SAMPLES, 0.7)],
)
def test_a_network_is_recognised_by_its_numbers(loss: str, factor: float, decay: float) -> None:
    runs = [_run(seed, loss) for seed in (1, 2, 3)]
    network = recognised(runs, ["W1", "b1", "W2"], OPS.all())
    first, activation, second = network.layers
    assert (first.weight, first.bias, first.units) == (0, 1, HIDDEN)
    assert activation.op == "tanh"
    assert (second.weight, second.bias, second.units) == (2, None, OUTPUTS)
    assert network.inputs["x"].shape == (SAMPLES, INPUTS)
    assert network.loss.op == "squared_error"
    assert network.loss.factor == pytest.approx(factor)
    assert network.loss.decay == pytest.approx(decay)


def test_a_loss_that_is_not_in_the_catalogue_is_none() -> None:
    runs = [_run(seed, "odd") for seed in (1, 2, 3)]
    with pytest.raises(RecognitionError, match="no loss of the catalogue"):
        recognised(runs, ["W1", "b1", "W2"], OPS.all())


def test_a_parameter_that_nothing_is_multiplied_by_is_named() -> None:
    runs = [_run(seed, "half") for seed in (1, 2, 3)]
    stray = [
        Run(parameters=(*run.parameters, Chance([9]).normal(size=(7, 4))), claims=run.claims,
            loss=run.loss, values=run.values)
        for run in runs
    ]  # fmt: skip
    with pytest.raises(RecognitionError, match="has a place for stray"):
        recognised(stray, ["W1", "b1", "W2", "stray"], OPS.all())
