"""Loading: a config's text becomes problems, ready to be refereed."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePath

from gradcheck.array import Array, Shape
from gradcheck.catalogue import Catalogue
from gradcheck.config import claims as claiming
from gradcheck.config import network as networks
from gradcheck.config.data import Arrays, batch_size, initial_sources, jitter, target_shape
from gradcheck.config.forms import Section, nearest
from gradcheck.config.grammar import TOP_KEYS, grammar
from gradcheck.config.text import Node, Source, documents, read
from gradcheck.errors import ConfigError, GradcheckError
from gradcheck.fault import Fault
from gradcheck.network.build import LayerError, attach_loss
from gradcheck.network.graph import Loss, Network
from gradcheck.network.kinks import kinks
from gradcheck.network.perturb import Base, base, losses, plain
from gradcheck.op import Op
from gradcheck.problem import Moves, Nudge, Probe, Problem
from gradcheck.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What a config says that its check will find; None where it does not say."""

    verdict: str = "right"
    wrong: frozenset[str] | None = None
    codes: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """One document of a config, ready: close `stack` when done with it."""

    problem: Problem
    settings: Settings
    expectation: Expectation
    stack: ExitStack


@dataclass(frozen=True, kw_only=True)
class Failed:
    """One document of a config that can't be checked."""

    name: str
    error: GradcheckError
    expectation: Expectation


@dataclass(frozen=True, kw_only=True)
class Loader:
    """What loading needs: catalogues, what is allowed, and a seed to replace the config's."""

    ops: Catalogue[Op]
    faults: Catalogue[Fault]
    policy: claiming.Policy
    seed: int | None = None

    def load(self, path: Path, name: str) -> "list[Loaded | Failed]":
        """Load every document of a config; a file that is no YAML is one failure."""
        title = "stdin" if name == "-" else PurePath(name).stem
        try:
            source = read(path, name)
            roots = documents(source)
        except ConfigError as error:
            return [Failed(name=title, error=error, expectation=Expectation())]
        titles = [title if len(roots) == 1 else f"{title}[{k}]" for k in range(len(roots))]
        return [self._document(source, root, t) for root, t in zip(roots, titles, strict=True)]

    def _document(self, source: Source, root: Node, title: str) -> "Loaded | Failed":
        expectation = Expectation()
        with ExitStack() as stack:
            try:
                config = grammar(self.ops).read(root, source)
                title = config["name"] or title
                expectation = _expectation(config)
                problem = self._problem(config, title, stack)
            except GradcheckError as error:
                return Failed(name=title, error=error, expectation=expectation)
            return Loaded(
                problem=problem,
                settings=_settings(config, self._seed(config)),
                expectation=expectation,
                stack=stack.pop_all(),
            )
        raise AssertionError

    def _seed(self, config: Section) -> int:
        return config["seed"] if self.seed is None else self.seed

    def _problem(self, config: Section, title: str, stack: ExitStack) -> Problem:
        network, arrays = self._network(config)
        own = arrays.probe(0)
        context = claiming.Context(
            config=config,
            network=network,
            own=own,
            ops=self.ops,
            faults=self.faults,
            policy=self.policy,
            stack=stack,
        )
        claimed = claiming.claimed(context)
        section = config.get("gradients")
        return Problem(
            name=title,
            target=config.source.file,
            shapes={name: spec.shape for name, spec in network.parameters.items()},
            probe=arrays.probe,
            evaluate=_Evaluation(network=network),
            plain=lambda probe, moves, steps: plain(network, probe, moves, steps),
            claims=claimed.claimant,
            jitter=jitter,
            kinks=lambda probe: kinks(network, probe),
            node_shape=_first_inputs(network),
            complex_safe=all(node.op.complex_safe for node in network.steps),
            probes=1 if claimed.dumped else None,
            dumped=claimed.dumped,
            scale_free=section is not None and section["scale"] == "free",
            accepted=claiming.accepted(section, network),
            claimed=claiming.chosen(section, network),
            locations=claimed.locations,
            remarks=claimed.remarks,
        )

    def _network(self, config: Section) -> tuple[Network, Arrays]:
        data = config["data"]
        batch = batch_size(data)
        nodes, parameters = networks.layers(config, batch)
        networks.refuse_if_huge(config, nodes, parameters)
        shapes = {n: (batch, *shape) for n, shape in config["network"]["inputs"].values.items()}
        loss, shapes = _loss(config, shapes, {node.name: node.shape for node in nodes})
        network = Network(
            inputs={name: shapes[name] for name in config["network"]["inputs"].values},
            nodes=nodes,
            loss=loss,
            parameters=parameters,
            penalties=networks.penalties(config, self.ops, parameters, batch),
        )
        arrays = Arrays(
            seed=self._seed(config),
            sources={name: source for name, source in data.values.items() if name != "batch"},
            shapes=shapes,
            parameters=parameters,
            initial=initial_sources(config, parameters),
        )
        return network, arrays


class _Evaluation:
    """Evaluates the loss along lines, keeping the last probe's forward pass."""

    def __init__(self, *, network: Network) -> None:
        self._network = network
        self._key: tuple[Probe, Nudge | None] | None = None
        self._base: Base | None = None

    def __call__(
        self, probe: Probe, moves: Moves, steps: Array, nudge: Nudge | None
    ) -> tuple[Array, Array]:
        if self._base is None or self._key is None or not _same(self._key, (probe, nudge)):
            self._base, self._key = base(self._network, probe, nudge), (probe, nudge)
        return losses(self._base, moves, steps)


def _same(a: tuple[Probe, Nudge | None], b: tuple[Probe, Nudge | None]) -> bool:
    return a[0] is b[0] and a[1] is b[1]


def _first_inputs(network: Network) -> "_Shapes":
    return _Shapes({node.name: node.inputs[0] for node in network.steps}, network)


class _Shapes:
    """The shape of the first input of each node."""

    def __init__(self, first: Mapping[str, str], network: Network) -> None:
        shapes = {**network.inputs, **{node.name: node.shape for node in network.nodes}}
        self._shapes = {name: shapes[source] for name, source in first.items()}

    def __call__(self, node: str) -> Shape:
        return self._shapes[node]


def _loss(
    config: Section, inputs: Mapping[str, Shape], nodes: Mapping[str, Shape]
) -> tuple[Loss, dict[str, Shape]]:
    """Attach the loss, and settle the shape of everything in `data`."""
    use, data = config["loss"], config["data"]
    prediction = use.extras["prediction"] or list(nodes)[-1]
    if prediction not in nodes and prediction not in inputs:
        raise use.extras.error(
            f"there is no layer {prediction!r}{nearest(prediction, tuple(nodes))}", "prediction"
        )
    target = use.extras["target"]
    _complete(data, (*inputs, target))
    known = {**inputs, **nodes}
    shape = known.get(target) or target_shape(data[target], known[prediction], use.op, use.options)
    try:
        loss = attach_loss(
            op=use.op,
            options=use.options,
            prediction=prediction,
            target=target,
            shapes={**known, target: shape},
            reduction=use.extras["reduction"],
            scale=use.extras["scale"],
            offset=use.extras["offset"],
        )
    except LayerError as error:
        raise config.error(str(error), "loss") from None
    return loss, {**inputs, **({} if target in known else {target: shape})}


def _complete(data: Section, needed: Sequence[str]) -> None:
    """Demand a source for every input and the target, and for nothing else."""
    for name in needed:
        if name not in data:
            raise data.error(f"data has no {name!r}, which the network or the loss needs")
    for name in data.keys:
        if name not in needed and name != "batch":
            raise data.source.error(
                f"{name!r} is neither an input of the network nor the loss's target"
                f"{nearest(name, needed)}", data.keys[name],
            )  # fmt: skip


def _settings(config: Section, seed: int) -> Settings:
    section = config.get("check")
    given = {} if section is None else {
        name: section[name]
        for name in ("mode", "method", "points", "budget", "rtol")
        if name in section
    }  # fmt: skip
    return Settings(seed=seed, **given)


def _expectation(config: Section) -> Expectation:
    section = config.get("expect")
    if section is None:
        return Expectation()
    return Expectation(
        verdict=section["verdict"],
        wrong=frozenset(section["wrong"]) if "wrong" in section else None,
        codes=frozenset(section["codes"]) if "codes" in section else None,
    )


def looks_like_config(path: Path) -> bool:
    """Tell whether a file of a folder is a config: YAML with one of the telling top-level keys.

    A file that can't be read as YAML is taken for one, so that its error is reported.
    """
    try:
        roots = documents(read(path, str(path)))
    except ConfigError as error:
        return "the file is empty" not in str(error)
    return any(
        root.id == "mapping" and any(key.value in TOP_KEYS for key, _ in root.value)
        for root in roots
    )
