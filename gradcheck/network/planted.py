"""Wrong backward passes: faults planted in a right one, and what they change.

The right pass is made once. A planted pass runs only the nodes from the plant inwards and
hands out the gradients that change as they are completed, from the loss inwards, so that
whoever compares them with a claim can stop at the first that does not fit.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Around, Decay, Fault, Site, Whole
from gradcheck.network.forward import bound, run, weight
from gradcheck.network.graph import Network, Node
from gradcheck.network.plant import WHOLE, Plant, at
from gradcheck.network.users import due, last, takers, users
from gradcheck.op import Gradients
from gradcheck.problem import Probe
from gradcheck.record import altered


class Reference:
    """The right backward pass at one probe, from which planted ones are made.

    `sites` has every node that the gradient reaches, from the loss inwards, then the
    penalties; `gradients` the right gradient of every parameter, in the same order. `first` is the
    reference at the point at which a program would have been run first. With `remember`, what
    single faults change is kept.
    """

    def __init__(
        self,
        network: Network,
        probe: Probe,
        first: "Reference | None" = None,
        *,
        remember: bool = False,
    ) -> None:
        self._memory: dict[Any, list[tuple[str, Array]]] | None = {} if remember else None
        self.network = network
        self.probe = probe
        self.first = first
        self._trace = run(network, probe.parameters, probe.data)
        self._nodes = {node.name: node for node in network.steps}
        self._takers = takers(network)
        self._around = Around(
            sites={}, data=probe.data, values=self._trace.values, decays=_decays(network)
        )
        self.sites: dict[str, Site] = {}
        for site in self._right():
            self.sites[site.node] = site
        # An input that is differentiated by is a node that takes nothing, where nothing goes wrong.
        taking = {name: site for name, site in self.sites.items() if site.inputs}
        self._around.sites.update(taking)  # type: ignore[attr-defined]
        self._users = users(network, self.sites)
        penalties = [name for name in self.sites if name not in self._nodes]
        order = [*penalties, *(name for name in self.sites if name in self._nodes)]
        self._places = {name: place - len(penalties) for place, name in enumerate(order)}
        """The place of every site in the pass; penalties come before the loss, which has 0."""
        self._due = due(self._users)
        self.gradients = {name: self._total(name, {}) for name in self._in_order()}

    def planted(self, plants: Sequence[Plant], inputs: Collection[str] = ()) -> dict[str, Array]:
        """Return every parameter's gradient, and those of some inputs, with the faults in place."""
        if not inputs:
            return {**self.gradients, **dict(self.changed(plants))}
        results: dict[str, Gradients] = {}
        totals = {**self.gradients, **dict(self.changed(plants, results))}
        return totals | {name: self._gathered(name, results) for name in inputs}

    def changed(
        self, plants: Sequence[Plant], results: dict[str, Gradients] | None = None
    ) -> Iterator[tuple[str, Array]]:
        """Yield the gradients that the faults change, from the loss inwards.

        What nodes hand on instead of the right gradients is left in `results`.
        """
        if self._memory is None or len(plants) != 1 or results is not None:
            yield from self._changed(plants, {} if results is None else results)
            return
        key = plants[0].fault.code, *list(plants[0].__dict__.values())[1:]
        if key not in self._memory:
            self._memory[key] = list(self._changed(plants, {}))
        yield from self._memory[key]

    def _changed(
        self, plants: Sequence[Plant], results: dict[str, Gradients]
    ) -> Iterator[tuple[str, Array]]:
        last = [plant for plant in plants if plant.node == WHOLE]
        passed = self._pass([plant for plant in plants if plant.node != WHOLE], results)
        if not last:
            yield from passed
            return
        totals = {**self.gradients, **dict(passed)}
        for plant in last:
            assert plant.fault.alter is not None
            totals |= plant.fault.alter(self.whole(plant.choice, totals)) or {}
        yield from ((k, g) for k, g in totals.items() if g is not self.gradients[k])

    def reaches(self, plant: Plant, parameters: Collection[str]) -> bool:
        """Tell whether a fault may change one of some parameters' gradients."""
        if plant.node == WHOLE:
            return True
        place = self._places[plant.node]
        return any(self.completed_at(name) >= place for name in parameters)

    def completed_at(self, parameter: str) -> int:
        """Return the place in the pass at which a parameter's gradient is complete."""
        return last(self._users[parameter])

    def whole(self, choice: str | None = None, totals: Mapping[str, Array] | None = None) -> Whole:
        """Return the finished pass as faults of the whole see it."""
        return Whole(
            parameters=self._trace.parameters,
            gradients=self.gradients if totals is None else totals,
            sites=self._around.sites,
            first=self.first.gradients if self.first else None,
            choice=choice,
        )

    def _right(self) -> Iterator[Site]:
        """Yield every node's site, its gradients the right ones, then the penalties'."""
        upstream = {
            self.network.loss.node.name: np.full(
                self._trace.terms.shape, weight(self.network, self._trace)
            )
        }
        for node in reversed(self.network.steps):
            if node.name not in upstream:
                continue
            right = node.op.backward(upstream[node.name], self._trace.caches[node.name])
            for name, gradient in zip(node.inputs, right.inputs, strict=True):
                if gradient is not None:
                    upstream[name] = upstream[name] + gradient if name in upstream else gradient
            yield self._site(node, upstream[node.name], right)
        for penalty in self.network.penalties:
            for name in penalty.parameters:
                value = self._trace.parameters[name]
                terms, cache = penalty.op.forward((value,), {}, {})
                weights = np.full(terms.shape, penalty.weight)
                yield Site(
                    node=penalty.place(name),
                    op=penalty.op,
                    options={},
                    inputs=(value,),
                    parameters={},
                    output=terms,
                    cache=cache,
                    upstream=weights,
                    gradients=penalty.op.backward(weights, cache),
                    batch=self.network.batch,
                    averaged=self._trace.averaged,
                    hidden=False,
                    around=self._around,
                    sources=(name,),
                )

    def _site(self, node: Node, upstream: Array, right: Gradients) -> Site:
        users = [b.parameter for n in self.network.steps for b in n.bindings.values()]
        return Site(
            node=node.name,
            op=node.op,
            options=node.options,
            inputs=self._trace.inputs[node.name],
            parameters=bound(node, self._trace.parameters),
            output=self._trace.values[node.name],
            cache=self._trace.caches[node.name],
            upstream=upstream,
            gradients=right,
            batch=self.network.batch,
            averaged=self._trace.averaged,
            hidden=_hidden(self.network, node),
            around=self._around,
            sources=node.inputs,
            names={local: binding.parameter for local, binding in node.bindings.items()},
            roles={
                local: self.network.parameters[binding.parameter].role
                for local, binding in node.bindings.items()
            },
            shared=frozenset(
                local for local, b in node.bindings.items() if users.count(b.parameter) > 1
            ),
            joint=tuple(len(self._takers[name]) > 1 for name in node.inputs),
        )

    def _in_order(self) -> list[str]:
        """Name the parameters in the order in which the pass completes their gradients."""
        ends = {name: last(users) for name, users in self._users.items()}
        return sorted(ends, key=lambda name: ends[name])

    def _pass(
        self, plants: Sequence[Plant], results: dict[str, Gradients]
    ) -> Iterator[tuple[str, Array]]:
        start = min((self._places[plant.node] for plant in plants), default=len(self._places))
        for name, place in self._places.items():
            if place < start:
                continue
            here = [plant for plant in plants if plant.node == name]
            arrived = self._arrived(name, results)
            if here or arrived is not None:
                results[name] = self._step(self.sites[name], arrived, here)
            for parameter in self._due.get(place, ()):
                if any(user in results for _, user in self._users[parameter]):
                    yield parameter, self._total(parameter, results)

    def _arrived(self, name: str, results: Mapping[str, Gradients]) -> Array | None:
        """Return what arrives at a node's output if a plant has changed it."""
        takers = [(n, k) for n, k in self._takers.get(name, ()) if n in self.sites]
        if all(
            n not in results or results[n].inputs[k] is self.sites[n].gradients.inputs[k]
            for n, k in takers
        ):
            return None
        return self._gathered(name, results)

    def _gathered(self, name: str, results: Mapping[str, Gradients]) -> Array:
        """Return the gradient of a node's output or an input: the sum of what its takers give."""
        takers = [(n, k) for n, k in self._takers.get(name, ()) if n in self.sites]
        parts = [results.get(n, self.sites[n].gradients).inputs[k] for n, k in takers]
        start = np.zeros(np.shape(self._trace.values[name]))
        return sum((p for p in parts if p is not None), start)

    def _step(self, site: Site, arrived: Array | None, plants: Sequence[Plant]) -> Gradients:
        if arrived is not None:
            site = altered(site, upstream=arrived, gradients=site.op.backward(arrived, site.cache))
        for plant in plants:
            assert plant.fault.inject is not None
            wrong = plant.fault.inject(at(site, plant))
            if wrong is not None:
                site = altered(site, gradients=wrong)
        return site.gradients

    def _total(self, parameter: str, results: Mapping[str, Gradients]) -> Array:
        shape = self.network.parameters[parameter].shape
        first, *others = self._parts(parameter, results) or [np.zeros(shape)]
        # What one user gives is the whole: large gradients are not to be copied.
        if not others and first.shape == shape:
            return first
        return sum(others, np.broadcast_to(first, shape))

    def _parts(self, parameter: str, results: Mapping[str, Gradients]) -> list[Array]:
        """Return what each use of a parameter adds to its gradient."""
        parts = []
        for _, user in self._users[parameter]:
            found = results.get(user, self.sites[user].gradients)
            if user not in self._nodes:
                parts.append(_given(found.inputs[0]))
                continue
            for local, binding in self._nodes[user].bindings.items():
                if binding.parameter == parameter and local in found.parameters:
                    gradient = found.parameters[local]
                    parts.append(gradient.T if binding.transposed else gradient)
        return parts


def plants(reference: Reference, fault: Fault) -> Iterator[Plant]:
    """Yield every way in which a fault can be made, from the loss inwards."""
    if fault.alter is not None:
        whole = reference.whole()
        for choice in fault.choices(whole) if fault.choices else (None,):
            if fault.alter(altered(whole, choice=choice)) is not None:
                yield Plant(fault=fault, node=WHOLE, choice=choice)
    if fault.inject is None:
        return
    for site in reference.whole().sites.values():
        targets = [local for local, role in site.roles.items() if role in fault.each]
        for target in targets if fault.each else (None,):
            aimed = altered(site, target=target)
            for choice in fault.choices(aimed) if fault.choices else (None,):
                plant = Plant(fault=fault, node=site.node, target=target, choice=choice)
                if fault.inject(at(aimed, plant)) is not None:
                    yield plant


def _given(gradient: Array | None) -> Array:
    assert gradient is not None
    return gradient


def _decays(network: Network) -> tuple[Decay, ...]:
    return tuple(
        Decay(op=p.op, weight=p.weight, parameters=frozenset(p.parameters))
        for p in network.penalties
    )


def _hidden(network: Network, node: Node) -> bool:
    """Tell whether a layer with parameters lies between a node and the loss."""
    below = {node.name}
    for later in network.nodes:
        if not below.isdisjoint(later.inputs):
            if later.bindings:
                return True
            below.add(later.name)
    return False
