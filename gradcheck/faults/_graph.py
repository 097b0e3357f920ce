"""The paths on which a gradient runs: what feeds a node, where paths part and join."""

from collections.abc import Iterator

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Site
from gradcheck.op import Gradients


def feeding(site: Site, name: str) -> set[str]:
    """Return a value's name, and those of all that it is made of."""
    made = site.around.sites.get(name)
    sources = made.sources if made else ()
    return {name}.union(*(feeding(site, source) for source in sources))


def layers_below(site: Site) -> int:
    """Return how many nodes with parameters a site's inputs are made by."""
    below = set().union(*(feeding(site, s) for s in site.sources)) & site.around.sites.keys()
    return sum(bool(site.around.sites[name].parameters) for name in below)


def takers(site: Site, name: str) -> Iterator[Site]:
    """Yield the nodes that take a value, the nearest to the loss first."""
    return (s for s in site.around.sites.values() if name in s.sources)


def shortcut(site: Site) -> int | None:
    """Return which input of a sum, or of joined parts, the others are made of."""
    if site.op.name not in ("add", "concat"):
        return None
    for k, name in enumerate(site.sources):
        others = site.sources[:k] + site.sources[k + 1 :]
        if name in site.around.sites and any(name in feeding(site, o) - {o} for o in others):
            return k
    return None


def around_block(site: Site, name: str) -> bool:
    """Tell whether a shortcut takes this value past a block."""
    found = [(t, shortcut(t)) for t in takers(site, name)]
    return any(k is not None and t.sources[k] == name for t, k in found)


def uses(site: Site, local: str) -> Iterator[tuple[Site, str]]:
    """Yield the other nodes that use a parameter, each with its own name for it."""
    for other in site.around.sites.values():
        for name, full in other.names.items():
            if full == site.names[local] and (other.node, name) != (site.node, local):
                yield other, name


def both_ways(site: Site, local: str) -> bool:
    """Tell whether a square weight is transposed elsewhere but not here, or the other way round."""
    value = site.parameters[local]
    return any(not np.array_equal(o.parameters[name], value) for o, name in uses(site, local))


def joint_inputs(site: Site) -> dict[str, int]:
    """Return the places of the inputs that other nodes take too, and that a node has made."""
    found = {f"input {k + 1}": k for k, joint in enumerate(site.joint) if joint}
    return {told: k for told, k in found.items() if site.sources[k] in site.around.sites}


def with_input(site: Site, place: int, gradient: Array) -> Gradients:
    """Return the right gradients but for that of one input."""
    inputs = list(site.gradients.inputs)
    inputs[place] = gradient
    return site.with_inputs(*inputs)
