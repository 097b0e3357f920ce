"""Loading: a config's text becomes problems, ready to be refereed."""

from contextlib import ExitStack
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.catalogue import Catalogue
from gradcheck.config import claims as claiming
from gradcheck.config import network as networks
from gradcheck.config.context import Claimed, Context, Draw, Workshop
from gradcheck.config.data import (
    Arrays,
    batch_size,
    facts,
    initial_sources,
    jitter,
    refuse_unbounded,
)
from gradcheck.config.grammar import grammar
from gradcheck.config.objective import objective
from gradcheck.config.opening import Document, Expectation, Failed, opened
from gradcheck.config.records import Section
from gradcheck.config.wording import nearest
from gradcheck.errors import ConfigError, GradcheckError
from gradcheck.fault import Fault
from gradcheck.network.evaluation import Evaluation
from gradcheck.network.graph import Network
from gradcheck.op import Op
from gradcheck.problem import Problem
from gradcheck.record import record
from gradcheck.settings import Policy, Settings

if TYPE_CHECKING:
    from gradcheck.claims.formulas import Formulas


@record
class Loaded:
    """One document of a config, ready: close `stack` when done with it."""

    problem: Problem
    network: Network
    formulas: "Formulas | None" = None
    settings: Settings
    expectation: Expectation
    text: str
    line: int
    """The first line of the document in the text."""
    files: frozenset[str] = frozenset()
    stack: ExitStack


@record
class Loader:
    """What loading needs: catalogues, what is allowed, and a seed to replace the config's."""

    ops: Catalogue[Op]
    faults: Catalogue[Fault]
    policy: Policy
    seed: int | None = None
    base: Settings = field(default_factory=Settings)

    def load(self, path: Path, name: str) -> "list[Loaded | Failed]":
        """Load every document of a config; a file that can't be read is one failure."""
        return [
            self.open(found) if isinstance(found, Document) else found
            for found in opened(path, name)
        ]

    def open(self, document: Document) -> "Loaded | Failed":
        """Make a problem of a document."""
        root, expectation = document.root, document.expectation
        if isinstance(root, ConfigError):
            return Failed(name=document.name, error=root, expectation=expectation)
        # What overflows is found where it is looked for; NumPy need not warn of it as well.
        with ExitStack() as stack, np.errstate(all="ignore"):
            try:
                config = grammar(self.ops).read(root, document.source)
                problem, network, formulas = self._problem(config, document.name, stack)
                self._check_expectation(config, problem)
            except GradcheckError as error:
                return Failed(name=document.name, error=error, expectation=expectation)
            return Loaded(
                problem=problem,
                network=network,
                formulas=formulas,
                settings=_settings(config, replace(self.base, seed=self._seed(config))),
                expectation=expectation,
                text=document.source.text,
                line=document.source.place(root.start)[0],
                stack=stack.pop_all(),
            )
        raise AssertionError

    def parameters(self, document: Document) -> tuple[str, ...]:
        """Name a document's parameters, without asking for claims; none if it can't be loaded."""
        if isinstance(document.root, ConfigError):
            return ()
        with ExitStack() as stack, np.errstate(all="ignore"):
            try:
                config = grammar(self.ops).read(document.root, document.source)
                network, _ = self._network(config, stack)
            except GradcheckError:
                return ()
            return tuple(network.parameters)
        raise AssertionError

    def _check_expectation(self, config: Section, problem: Problem) -> None:
        """Refuse an expectation of parameters and faults that there are not."""
        section = config.get("expect")
        if section is None:
            return
        for key, what in (("wrong", "parameter"), ("codes", "fault")):
            given = section.get(key)
            if not given:
                continue
            names = list(problem.shapes) if key == "wrong" else claiming.fault_codes(self.faults)
            for number, name in enumerate(given):
                if name not in names:
                    raise section.source.error(
                        f"expect: there is no {what} {name!r}{nearest(name, names)}",
                        section.item(key, number),
                    )

    def _seed(self, config: Section) -> int:
        if self.seed is None and "seed" in config:
            return int(config["seed"])
        return self.base.seed if self.seed is None else self.seed

    def _problem(
        self, config: Section, title: str, stack: ExitStack
    ) -> tuple[Problem, Network, "Formulas | None"]:
        network, arrays = self._network(config, stack)
        own = arrays.probe(0)
        refuse_unbounded(own, arrays.sources)
        evaluation = Evaluation(network)
        context = Context(
            config=config,
            network=network,
            evaluation=evaluation,
            own=own,
            ops=self.ops,
            faults=self.faults,
            policy=self.policy,
            stack=stack,
        )
        claimed = claiming.claimed(context)
        draw: Draw = arrays.probe
        if claimed.inputs or claiming.asked(config):
            from gradcheck.config.exposing import exposing

            network, draw, claimant = exposing(context, claimed, arrays.probe)
            evaluation = Evaluation(network)
            claimed, own = replace(claimed, claimant=claimant), draw(0, 0)
        noticed = (*claimed.facts, *facts(arrays.initial))
        posed = _posed(
            config, network, evaluation, claimed, lambda k, attempt: draw(k, attempt) if k else own
        )
        problem = replace(posed, name=title, facts=noticed)
        if any(node.op.own for node in network.steps):
            from gradcheck.config.coarse import widened

            problem = widened(problem, Evaluation(network), own)
        return problem, network, claimed.formulas

    def _network(self, config: Section, stack: ExitStack) -> tuple[Network, Arrays]:
        workshop = Workshop(ops=self.ops, policy=self.policy, stack=stack)
        data = config["data"]
        batch = batch_size(data)
        nodes, parameters = networks.layers(config, batch, workshop)
        inputs = {n: (batch, *shape) for n, shape in config["network"]["inputs"].values.items()}
        outputs = {node.name: node.shape for node in nodes}
        loss, shapes = objective(config, inputs, outputs, workshop)
        networks.refuse_if_huge(config, {**shapes, **outputs}, parameters)
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


def _posed(
    config: Section, network: Network, evaluation: Evaluation, claimed: Claimed, probe: Draw
) -> Problem:
    """Return the problem of a network and what is claimed of it, under the file's name."""
    section = config.get("gradients")
    return Problem(
        name=config.source.file,
        target=config.source.file,
        shapes={name: spec.shape for name, spec in network.parameters.items()},
        probe=probe,
        evaluate=evaluation.losses,
        derivative=evaluation.derivative,
        measure=evaluation.measure,
        plain=evaluation.plain,
        claims=claimed.claimant,
        jitter=jitter,
        kinks=evaluation.kinks,
        resting=evaluation.resting,
        overhead=evaluation.overhead,
        complex_safe=evaluation.complex_safe,
        kinks_known=evaluation.kinks_known,
        probes=1 if claimed.dumped else None,
        dumped=claimed.dumped,
        settled=claimed.afresh is None and not any(node.op.own for node in network.steps),
        scale_free=section is not None and section["scale"] == "free",
        accepted=claiming.accepted(section, network),
        claimed=claiming.chosen(section, network),
        locations=claimed.locations,
        conventions=claimed.conventions,
        facts=claimed.facts,
        remarks=claimed.remarks,
        lost=evaluation.lost,
        terms=evaluation.terms,
        paths=evaluation.paths,
        trouble=evaluation.trouble,
        afresh=claimed.afresh,
    )


def _settings(config: Section, base: Settings) -> Settings:
    section = config.get("check")
    given = {} if section is None else {
        name: section[name]
        for name in ("mode", "method", "points", "budget", "power", "rtol")
        if name in section
    }  # fmt: skip
    return replace(base, **given)
