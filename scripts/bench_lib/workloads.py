"""The workloads: networks as gradcheck's configs, and the same networks as plain forward passes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench_lib import forwards
from bench_lib.forwards import Forward

Sizes = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A network: its config without the data's seed, and its forward pass written by hand."""

    key: str
    title: str
    config: str
    forward: Forward
    depth: int = 0
    """How many square layers it has, where that is what it measures."""


def dense_config(
    widths: list[int], activation: str, loss: str, batch: int, target: str = "{normal: [0, 1]}"
) -> str:
    """Return the config of dense layers `d1`, `d2`, ... with one activation between them."""
    lines = []
    for k, units in enumerate(widths[1:], start=1):
        lines += [f"    - d{k}: {{dense: {{units: {units}}}}}", f"    - a{k}: {activation}"]
    return "\n".join(
        [
            f"network:\n  inputs: {{x: [{widths[0]}]}}\n  layers:",
            *lines[:-1],
            f"loss: {{{loss}}}",
            f"data: {{batch: {batch}, x: {{normal: [0, 1]}}, y: {target}}}",
        ]
    )


def perceptron(
    key: str, title: str, widths: list[int], activation: str, loss: str, batch: int
) -> Workload:
    """Make a workload of dense layers."""
    names = [f"d{k}" for k in range(1, len(widths))]
    crossed = loss.startswith("cross_entropy")
    by_hand = forwards.cross_entropy if crossed else forwards.squared_error
    return Workload(
        key=key,
        title=title,
        config=dense_config(
            widths, activation, loss, batch, "one_hot" if crossed else "{normal: [0, 1]}"
        ),
        forward=forwards.perceptron(names, getattr(forwards, activation), by_hand),
        depth=len(widths) - 1,
    )


HALF = "squared_error: {factor: 0.5}"
SOFTMAX = "cross_entropy: {from: logits}"


def _a(s: Sizes) -> Workload:
    title = f"1-{s['hidden']}-1 sigmoid, squared error, batch {s['batch']}"
    return perceptron("a", title, [1, s["hidden"], 1], "sigmoid", HALF, s["batch"])


def _b(s: Sizes) -> Workload:
    widths = [s["inputs"], s["hidden"], s["classes"]]
    title = f"{'-'.join(map(str, widths))} sigmoid, softmax cross-entropy, batch {s['batch']}"
    return perceptron("b", title, widths, "sigmoid", SOFTMAX, s["batch"])


def _c(s: Sizes) -> Workload:
    return Workload(
        key="c",
        title=f"{s['inputs']}-{s['hidden']}-1 relu, sigmoid, binary cross-entropy, "
        f"batch {s['batch']}",
        config=f"""
network:
  inputs: {{x: [{s["inputs"]}]}}
  layers:
    - hidden: {{dense: {{units: {s["hidden"]}}}}}
    - active: relu
    - output: {{dense: {{units: 1}}}}
    - prob: sigmoid
loss: {{binary_cross_entropy: {{from: probabilities}}}}
data: {{batch: {s["batch"]}, x: {{uniform: [0, 1]}}, y: {{bernoulli: 0.5}}}}
""",
        forward=forwards.binary_classifier,
    )


def _d(s: Sizes) -> Workload:
    return Workload(
        key="d",
        title=f"convolutions {s['first']} and {s['second']} 3x3 on {s['side']}x{s['side']}x3, "
        f"max-pool, dense, batch {s['batch']}",
        config=f"""
network:
  inputs: {{x: [3, {s["side"]}, {s["side"]}]}}
  layers:
    - first: {{conv2d: {{channels: {s["first"]}, kernel: [3, 3], padding: [1, 1]}}}}
    - first_out: relu
    - pooled: {{max_pool2d: {{kernel: [2, 2]}}}}
    - second: {{conv2d: {{channels: {s["second"]}, kernel: [3, 3], padding: [1, 1]}}}}
    - second_out: relu
    - flat: flatten
    - output: {{dense: {{units: {s["classes"]}}}}}
loss: {{cross_entropy: {{from: logits}}}}
data: {{batch: {s["batch"]}, x: {{normal: [0, 1]}}, y: one_hot}}
""",
        forward=forwards.convolutional,
    )


def _e(s: Sizes) -> Workload:
    widths = [s["width"]] * (s["layers"] + 1)
    title = f"{s['layers']} layers of {s['width']} tanh, squared error, batch {s['batch']}"
    return perceptron("e", title, widths, "tanh", HALF, s["batch"])


def _f(s: Sizes) -> Workload:
    return Workload(
        key="f",
        title=f"LSTM {s['inputs']}-{s['units']}, {s['steps']} steps, batch {s['batch']}",
        config=f"""
network:
  inputs: {{x: [{s["steps"]}, {s["inputs"]}]}}
  layers:
    - memory: {{lstm: {{units: {s["units"]}, output: last}}}}
loss: {{squared_error: {{factor: 0.5}}}}
data: {{batch: {s["batch"]}, x: {{normal: [0, 1]}}, y: {{normal: [0, 1]}}}}
""",
        forward=forwards.lstm,
    )


def _block(number: int, source: str, s: Sizes) -> str:
    k = number
    return f"""
    - norm{k}a: {{layer_norm: {{}}, inputs: [{source}]}}
    - attention{k}: {{multi_head_attention: {{heads: {s["heads"]}}}}}
    - mixed{k}: {{add: {{}}, inputs: [{source}, attention{k}]}}
    - norm{k}b: layer_norm
    - wide{k}: {{dense: {{units: {2 * s["width"]}}}}}
    - active{k}: tanh
    - narrow{k}: {{dense: {{units: {s["width"]}}}}}
    - block{k}: {{add: {{}}, inputs: [mixed{k}, narrow{k}]}}"""


def _g(s: Sizes) -> Workload:
    return Workload(
        key="g",
        title=f"two transformer blocks, width {s['width']}, {s['heads']} heads, "
        f"{s['steps']} positions, batch {s['batch']}",
        config=f"""
network:
  inputs: {{x: [{s["steps"]}, {s["width"]}]}}
  layers:{_block(1, "x", s)}{_block(2, "block1", s)}
    - output: {{dense: {{units: 3}}}}
loss: {{squared_error: {{factor: 0.5}}}}
data: {{batch: {s["batch"]}, x: {{normal: [0, 1]}}, y: {{normal: [0, 1]}}}}
""",
        forward=forwards.transformer(s["heads"]),
    )


def _h(s: Sizes) -> Workload:
    return Workload(
        key="h",
        title=f"convolution {s['first']} 3x3 on {s['side']}x{s['side']}x3, batch norm, max-pool, "
        f"dense, batch {s['batch']}",
        config=f"""
network:
  inputs: {{x: [3, {s["side"]}, {s["side"]}]}}
  layers:
    - first: {{conv2d: {{channels: {s["first"]}, kernel: [3, 3], padding: [1, 1]}}}}
    - norm: batch_norm
    - active: relu
    - pooled: {{max_pool2d: {{kernel: [2, 2]}}}}
    - flat: flatten
    - output: {{dense: {{units: {s["classes"]}}}}}
loss: {{cross_entropy: {{from: logits}}}}
data: {{batch: {s["batch"]}, x: {{normal: [0, 1]}}, y: one_hot}}
""",
        forward=forwards.batch_normalised,
    )


_MAKERS: Mapping[str, tuple[Callable[[Sizes], Workload], Sizes, Sizes]] = {
    "a": (_a, {"hidden": 10, "batch": 500}, {"hidden": 3, "batch": 5}),
    "b": (
        _b,
        {"inputs": 784, "hidden": 100, "classes": 10, "batch": 32},
        {"inputs": 7, "hidden": 5, "classes": 3, "batch": 2},
    ),
    "c": (_c, {"inputs": 12288, "hidden": 64, "batch": 10}, {"inputs": 7, "hidden": 5, "batch": 3}),
    "d": (
        _d,
        {"side": 16, "first": 8, "second": 16, "classes": 10, "batch": 8},
        {"side": 4, "first": 2, "second": 3, "classes": 5, "batch": 2},
    ),
    "e": (_e, {"width": 256, "layers": 4, "batch": 32}, {"width": 5, "layers": 3, "batch": 2}),
    "f": (
        _f,
        {"inputs": 32, "units": 64, "steps": 10, "batch": 8},
        {"inputs": 2, "units": 3, "steps": 5, "batch": 2},
    ),
    "g": (
        _g,
        {"width": 16, "heads": 2, "steps": 8, "batch": 4},
        {"width": 4, "heads": 2, "steps": 3, "batch": 2},
    ),
    "h": (
        _h,
        {"side": 12, "first": 8, "classes": 10, "batch": 8},
        {"side": 4, "first": 2, "classes": 3, "batch": 5},
    ),
}

KEYS = tuple(_MAKERS)


def workload(key: str, *, tiny: bool = False) -> Workload:
    """Make the workload with that letter, in its own size or in one for trying out."""
    make, full, small = _MAKERS[key]
    return make(small if tiny else full)
