"""The backward pass of all norms, in steps that faults can replace."""

import numpy as np

from gradcheck.array import Array, Shape
from gradcheck.fault import Site
from gradcheck.op import Gradients

OF_SAMPLES = ("layer_norm", "group_norm", "instance_norm", "rms_norm")
CENTRED = OF_SAMPLES[:-1]


def frame(site: Site) -> tuple[Shape, tuple[int, ...]]:
    """Return the shape in which the input is cut up, and the axes that share their statistics."""
    shape = site.inputs[0].shape
    match site.op.name:
        case "batch_norm":
            return shape, (0, *range(2, len(shape)))
        case "layer_norm":
            return shape, tuple(range(len(shape) - site.options["axes"], len(shape)))
        case "rms_norm":
            return shape, (len(shape) - 1,)
    groups = site.options.get("groups", shape[1])
    view = (shape[0], groups, shape[1] // groups, *shape[2:])
    return view, tuple(range(2, len(view)))


class Norm:
    """The gradient of a norm by its input, at one site; all arrays but `dx` are cut up."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.view, self.over = frame(site)
        self.eps = site.options["eps"]
        x = site.inputs[0].reshape(self.view)
        self.mu = 0 * x if site.op.name == "rms_norm" else x.mean(axis=self.over, keepdims=True)
        self.off = x - self.mu
        self.var = (self.off**2).mean(axis=self.over, keepdims=True)
        self.xhat = self.off / np.sqrt(self.var + self.eps)

    @property
    def count(self) -> int:
        """How many elements share their statistics."""
        return int(self.xhat.size // self.var.size)

    def spread(self, parameter: Array) -> Array:
        """Return the scale of every element of one sample."""
        shape = self.site.inputs[0].shape
        last = self.site.op.name in ("layer_norm", "rms_norm")
        axes = () if last else (1,) * (len(shape) - 2)
        whole = np.broadcast_to(parameter.reshape(*parameter.shape, *axes), shape)
        return whole.reshape(self.view)

    def scale(self) -> Array:
        weight = self.site.parameters.get("weight")
        return np.ones(self.view) if weight is None else self.spread(weight)

    def dxhat(self) -> Array:
        return self.site.upstream.reshape(self.view) * self.scale()

    def average(self, each: Array) -> Array:
        return np.asarray(each.mean(axis=self.over, keepdims=True))

    def of_mean(self) -> Array:
        """Return the share of the mean, which rises with every element."""
        if self.site.op.name == "rms_norm":
            return np.zeros(self.view)
        return self.average(self.dxhat())

    def of_variance(self) -> Array:
        """Return the share of the variance, which rises with the elements that are far out."""
        return np.asarray(self.xhat * self.average(self.dxhat() * self.xhat))

    def inverse(self) -> Array:
        return np.asarray(1 / np.sqrt(self.var + self.eps))

    def dx(self) -> Array:
        return np.asarray(self.inverse() * (self.dxhat() - self.of_mean() - self.of_variance()))

    def gradients(self) -> Gradients:
        return self.site.with_first(self.dx().reshape(self.site.inputs[0].shape))
