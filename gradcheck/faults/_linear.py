"""Linear layers once more: with other inputs, with other weights, in other places."""

from collections.abc import Iterator

from gradcheck.array import Array
from gradcheck.fault import Site
from gradcheck.faults._windows import again

LINEAR = ("dense", "conv1d", "conv2d")


def passes_on(site: Site) -> bool:
    """Tell whether a site is a linear layer's and another layer gets its input's gradient."""
    return site.op.name in LINEAR and site.before is not None


def through(site: Site, weight: Array) -> Array:
    """Return the gradient of a linear layer's input, made with another weight."""
    found = again(site, parameters={**site.parameters, "weight": weight}).inputs[0]
    assert found is not None
    return found


def weight_from(site: Site, x: Array) -> Array:
    """Return the gradient of a linear layer's weight, made of another input."""
    return again(site, inputs=(x,)).parameters["weight"]


def alike(site: Site) -> Iterator[Site]:
    """Yield the other linear layers that have a weight of the same shape, and another one."""
    name, weight = site.names["weight"], site.parameters["weight"]
    for other in site.around.sites.values():
        fits = other.op.name == site.op.name and other.parameters["weight"].shape == weight.shape
        if fits and other.names["weight"] != name:
            yield other


def activated(site: Site) -> Site | None:
    """Return the activation that a site's output goes into, if it goes nowhere else."""
    after = site.after
    return after[0] if len(after) == 1 and after[0].op.kind == "activation" else None


def rows(x: Array) -> Array:
    """Return all samples and positions as rows, the features as columns."""
    return x.reshape(-1, x.shape[-1])


def square(site: Site) -> bool:
    """Tell whether a site is a dense layer's with as many outputs as inputs."""
    return site.op.name == "dense" and site.inputs[0].shape[-1] == site.output.shape[-1]


def as_long_as_wide(x: Array) -> bool:
    """Tell whether an array is a square matrix of more than one entry."""
    return x.ndim == 2 and x.shape[0] == x.shape[1] > 1
