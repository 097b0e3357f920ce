"""Random networks as configs: from one whole number everything follows.

Layers are drawn from the catalogue and kept if they fit, so that a new op takes part by itself.
Most sizes are primes, so that no two axes are confused in silence, and the claim is our own
backprop: every config is right.
"""

import json
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml
from random_choices import (
    BOUNDED,
    DEEPEST,
    HEADS,
    HEAVIEST,
    ONCE,
    SAMPLES,
    SOURCES,
    TARGETS,
    VALUES,
    WIDEST,
    named,
    ops,
)

from gradcheck.array import Shape
from gradcheck.errors import ShapeError
from gradcheck.op import Op, Option


def config(seed: int) -> dict[str, Any]:
    """Make the config that belongs to a seed."""
    return _Growth(rng=random.Random(seed)).config(seed)


def text(seed: int) -> str:
    """Write the config of a seed as YAML."""
    plain = json.loads(json.dumps(config(seed)))  # no object twice, which YAML would say by anchors
    return yaml.safe_dump(plain, sort_keys=False, default_flow_style=None, width=100)


@dataclass(kw_only=True)
class _Growth:
    """A network that grows layer by layer; `kinds` tells what op, or input, made each array."""

    rng: random.Random
    batch: int = 0
    shapes: dict[str, Shape] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    layers: list[dict[str, Any]] = field(default_factory=list)
    parameters: dict[str, Shape] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    """Arrays that nothing uses yet, the latest last."""

    def config(self, seed: int) -> dict[str, Any]:
        """Grow a whole network with its loss."""
        self.batch = self.rng.choice((1, 2, 3, 5, 5, 7, 7, 11))
        for number in range(self.rng.choice((1, 1, 1, 2, 3))):
            self._input(f"x{number}")
        for _ in range(self.rng.randint(1, DEEPEST)):
            self._layer()
        self._join()
        loss = self._loss()
        inputs = {name: list(self.shapes[name][1:]) for name in self.data if name != "y"}
        return {
            "name": f"random network {seed}",
            "seed": seed,
            "network": {"inputs": inputs, "layers": self.layers},
            "loss": loss,
            "data": {"batch": self.batch, **self.data},
            **self._surroundings(loss),
        }

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _input(self, name: str) -> None:
        kind, shapes = self.rng.choice(SAMPLES)
        self.shapes[name] = (self.batch, *self.rng.choice(shapes))
        self.kinds[name] = "ids" if kind == "ids" else "input"
        self.loose.append(name)
        if kind == "ids":
            self.data[name] = {"integers": [0, 6]}
        else:
            self.data[name] = self.rng.choice(
                (*[SOURCES["real"]] * 6, {"uniform": [-1, 3]}, {"integers": [-2, 2]}, "zeros")
            )

    def _layer(self) -> None:
        """Add a random layer that fits; where none is found soon, none."""
        for _ in range(20):
            kind = self.rng.choice(("dense", "activation", "layer", "layer"))
            op = named("dense") if kind == "dense" else self.rng.choice(ops(kind))
            if op.name in ONCE and op.name in self.kinds.values():
                continue
            # Ops with many options would hardly ever fit if they were tried but once.
            if any(self._try(op, self._options(op)) for _ in range(5)):
                return

    def _options(self, op: Op) -> dict[str, Any]:
        """Choose options: required ones always, every other one half of the time."""
        chosen = {}
        for name, option in op.options.items():
            share = 0.15 if option.default is None else 0.5
            if option.required or self._chance(share):
                chosen[name] = self._value(name, option)
        return chosen

    def _value(self, name: str, option: Option) -> Any:
        if option.type == "boolean":
            return self._chance(0.5)
        if option.type == "choice":
            return self.rng.choice(option.choices)
        fitting = [v for v in VALUES[name] if isinstance(v, tuple) == (option.type == "integers")]
        return self.rng.choice(fitting)

    def _try(self, op: Op, options: dict[str, Any], sources: Sequence[str] = ()) -> bool:
        """Add a layer unless it does not fit."""
        sources = sources or self._sources(op, options)
        try:
            inferred = op.infer(
                [self.shapes[name] for name in sources], {**op.defaults(), **options}
            )
        except (ShapeError, IndexError, ValueError):
            return False
        specs = {name: spec.shape for name, spec in inferred.parameters.items()}
        size, weights = math.prod(inferred.output[1:]), sum(map(math.prod, specs.values()))
        if size > WIDEST or weights > HEAVIEST or not self._takes(op, sources):
            return False
        self._add(op, options, sources, inferred.output, specs)
        return True

    def _takes(self, op: Op, sources: Sequence[str]) -> bool:
        """Tell whether values suit an op: ids are for embeddings, growth is for the small."""
        made = {self.kinds[name] for name in sources if self.kinds[name] != "mask"}
        if op.name == "exp":
            return made <= BOUNDED
        return (op.name == "embedding") == (made == {"ids"}) and (
            len(made) < 2 or "ids" not in made
        )

    def _sources(self, op: Op, options: Mapping[str, Any]) -> list[str]:
        """Choose what a layer takes: mostly what nothing uses yet."""
        least, most = op.arity
        count = self.rng.randint(least, least + 1 if most is None else most)
        masked = self._masked(op, options, count)
        names = [name for name in self.shapes if self.kinds[name] != "mask"]
        latest = self.loose[-1] if self.loose else names[-1]
        chosen = [latest if self._chance(0.8) else self.rng.choice(names)]
        while len(chosen) < count - masked:
            chosen.append(self.rng.choice(self._like(chosen[0], names)))
        if masked and len(self.shapes[chosen[-1]]) == 3:
            chosen.append(self._mask(self.shapes[chosen[-1]][1]))
        return chosen

    def _masked(self, op: Op, options: Mapping[str, Any], count: int) -> bool:
        return bool(options.get("mask")) or (op.name == "attention" and count == op.arity[1])

    def _like(self, name: str, names: Sequence[str]) -> list[str]:
        """Return the arrays that a merging layer may well take beside one."""
        shape = self.shapes[name]
        same = [other for other in names if self.shapes[other] == shape]
        near = [other for other in names if len(self.shapes[other]) == len(shape)]
        return same if self._chance(0.7) else near

    def _mask(self, length: int) -> str:
        """Add a mask of the keys as an input: the first of each sample is always seen."""
        name = f"mask{len(self.data)}"
        rows = [
            [1, *(self.rng.choice((0, 1, 1)) for _ in range(length - 1))] for _ in range(self.batch)
        ]
        self.shapes[name], self.kinds[name] = (self.batch, length), "mask"
        self.data[name] = rows
        return name

    def _add(
        self,
        op: Op,
        options: Mapping[str, Any],
        sources: Sequence[str],
        output: Shape,
        specs: Mapping[str, Shape],
    ) -> None:
        name = f"layer{len(self.layers)}"
        plain = {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()}
        declared: dict[str, Any] = {op.name: plain, "inputs": list(sources)}
        share = self._share(specs)
        if share:
            declared["share"] = share
        self.layers.append({name: declared})
        self.parameters |= {f"{name}.{p}": s for p, s in specs.items() if p not in share}
        self.shapes[name], self.kinds[name] = output, op.name
        self.loose = [other for other in self.loose if other not in sources]
        self.loose.append(name)

    def _share(self, specs: Mapping[str, Shape]) -> dict[str, str]:
        """Choose which parameters of a layer are those of earlier ones."""
        shared = {}
        for local, shape in specs.items():
            same = [name for name, s in self.parameters.items() if s == shape]
            turned = [f"{n}.T" for n, s in self.parameters.items() if s[::-1] == shape != s]
            if (same or turned) and self._chance(0.3):
                shared[local] = self.rng.choice(same + turned)
        return shared

    def _join(self) -> None:
        """Let most branches end in the prediction, and have some parameter in any case."""
        if len(self.loose) > 1 and self._chance(0.8):
            for name in [n for n in self.loose if self.kinds[n] != "ids"]:
                if len(self.shapes[name]) > 2:
                    self._must("flatten", {}, [name])
            ends = [name for name in self.loose if len(self.shapes[name]) == 2]
            ends = [name for name in ends if self.kinds[name] != "ids"]
            if len(ends) > 1:
                self._must("concat", {}, ends)
        if not self.parameters or self.kinds[self.loose[-1]] in ("ids", "input"):
            self._end()

    def _end(self, units: int = 0) -> None:
        """Add a dense layer on what there is, ids being looked up first."""
        if self.kinds[self.loose[-1]] == "ids":
            self._must("embedding", {"entries": 7, "units": 2}, self.loose[-1:])
        if len(self.shapes[self.loose[-1]]) > 2 and units:
            self._must("flatten", {}, self.loose[-1:])
        self._must("dense", {"units": units or self.rng.choice((1, 2, 3, 5))}, self.loose[-1:])

    def _must(self, name: str, options: dict[str, Any], sources: Sequence[str]) -> None:
        op = named(name)
        inferred = op.infer([self.shapes[s] for s in sources], {**op.defaults(), **options})
        specs = {p: spec.shape for p, spec in inferred.parameters.items()}
        self._add(op, options, sources, inferred.output, specs)

    def _loss(self) -> dict[str, Any]:
        """Choose a loss, and end the network and make targets as it wants them."""
        op = self.rng.choice(ops("loss"))
        options = self._options(op)
        kind = self.rng.choice(TARGETS.get(op.name, ("real",)))
        if kind != "classes":
            options.pop("ignore", None)
        self._head(op, {**op.defaults(), **options})
        shape = self.shapes[self.loose[-1]]
        if shape[-1] == 1:
            options.pop("ignore", None)
        padded = "ignore" in options
        self.data["y"] = (
            self._padded(shape[:-1], shape[-1]) if padded else self._target(kind, shape)
        )
        means = ("batch_mean", "element_mean", *(["active_mean"] if op.active else []))
        settings = {"reduction": self.rng.choice(("sum", *means))}
        return {op.name: {**options, **settings, **self._scale()}}

    def _scale(self) -> dict[str, float]:
        found = {}
        if self._chance(0.25):
            found["scale"] = self.rng.choice((0.5, 3.0, -2.0, 100.0, 1e-8))
        if self._chance(0.2):
            found["offset"] = self.rng.choice((2.5, -10.0, 1e8))
        return found

    def _head(self, op: Op, options: Mapping[str, Any]) -> None:
        """Add the layers that make a prediction of the kind that a loss takes."""
        shape = self.shapes[self.loose[-1]]
        if op.name == "triplet":
            self._end(units=6)
            self._must("reshape", {"shape": (3, 2)}, self.loose[-1:])
        elif op.name == "cosine_similarity" or shape[-1] == 1 or math.prod(shape[1:]) > 30:
            self._end(units=self.rng.choice((2, 3, 5)))
        wanted = (
            "log_probabilities" if op.name == "negative_log_likelihood" else options.get("from")
        )
        for name in HEADS.get(wanted or "", ()):
            binary = name == "softmax" and op.name == "binary_cross_entropy"
            self._must("sigmoid" if binary else name, {}, self.loose[-1:])

    def _target(self, kind: str, shape: Shape) -> Any:
        if kind == "classes":
            return {"classes": shape[-1]}
        if kind == "weights":
            return [round(self.rng.uniform(0.5, 2), 3) for _ in range(self.batch)]
        return SOURCES[kind] if kind in SOURCES else self._signs(shape)

    def _padded(self, shape: Shape, classes: int, first: bool = True) -> Any:
        """Draw class numbers, 0 being padding, of which the first is not."""
        if not shape:
            return self.rng.randint(int(first), classes - 1)
        return [self._padded(shape[1:], classes, first and k == 0) for k in range(shape[0])]

    def _signs(self, shape: Shape) -> Any:
        if not shape:
            return self.rng.choice((-1, 1))
        return [self._signs(shape[1:]) for _ in range(shape[0])]

    def _surroundings(self, loss: Mapping[str, Any]) -> dict[str, Any]:
        """Choose penalties and initial values, hostile ones among them."""
        found: dict[str, Any] = {}
        if self._chance(0.3):
            found["regularization"] = {
                self.rng.choice(("l1", "l2")): self.rng.choice((0.01, 0.3)),
                "parameters": self.rng.choice((["*"], self.rng.sample(list(self.parameters), 1))),
                "reduction": self.rng.choice(("sum", "batch_mean")),
            }
        biases = [name for name in self.parameters if name.endswith("bias")]
        if biases and "cosine_similarity" not in loss and self._chance(0.2):
            found["parameters"] = dict.fromkeys(biases, "zeros")
        elif self._chance(0.25):
            found["parameters"] = {
                "*": self.rng.choice(({"normal": [0, 1]}, {"normal": [0, 3]}, "he_uniform", "ones"))
            }
        if "cosine_similarity" in loss:
            # A prediction of zeros has no direction.
            some = {name: {"normal": [0, 1]} for name in biases}
            found["parameters"] = {**found.get("parameters", {}), **some}
        return found
