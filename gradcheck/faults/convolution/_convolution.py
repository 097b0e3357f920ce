"""Convolutions once more, of other inputs or weights, and their gradient window by window."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Site
from gradcheck.faults._windows import Offset, Seen, again, at, windows
from gradcheck.op import Gradients

CONVOLUTIONS = ("conv1d", "conv2d")
KERNELS = (*CONVOLUTIONS, "conv_transpose2d")


def passes_on(site: Site, ops: Sequence[str] = CONVOLUTIONS) -> bool:
    """Tell whether a site is of such an op and hands its input's gradient to another layer."""
    return site.op.name in ops and site.before is not None


def kernel(site: Site) -> tuple[int, ...]:
    """Return the kernel's size at a site with a kernel."""
    return site.parameters["weight"].shape[2:]


def with_weight(site: Site, weight: Array) -> Gradients:
    """Return the right gradients, but the input's is made with another weight."""
    wrong = again(site, parameters={**site.parameters, "weight": weight})
    return site.with_inputs(*wrong.inputs)


def flipped(weight: Array) -> Array:
    return np.flip(weight, axis=tuple(range(2, weight.ndim)))


def of_last_windows(site: Site, samples: slice) -> Array:
    """Return the weight's gradient of the last window alone, in so many samples."""
    # The windows of a transposed convolution belong to the pixels of its input.
    of_input = site.op.name == "conv_transpose2d"
    given = site.inputs[0] if of_input else site.upstream
    last: Seen = (samples, ..., *[-1] * (given.ndim - 2))
    alone = np.zeros(given.shape)
    alone[last] = given[last]
    found = again(site, inputs=(alone,)) if of_input else again(site, upstream=alone)
    return found.parameters["weight"]


def with_steps(site: Site, **options: Any) -> Gradients | None:
    """Return the gradients of windows that lie otherwise, None if there are too few of them."""
    options = {**site.options, **options}
    output, _ = site.op.forward(site.inputs, site.parameters, options)
    if any(m < n for m, n in zip(output.shape, site.upstream.shape, strict=True)):
        return None
    upstream = np.zeros(output.shape)
    upstream[tuple(slice(n) for n in site.upstream.shape)] = site.upstream
    return again(site, options=options, upstream=upstream)


def on_padded(site: Site, x: Array) -> Gradients:
    """Return the gradients of an input that has its padding already."""
    return again(site, inputs=(x,), options={**site.options, "padding": (0,)})


def contribution(site: Site, offset: Offset) -> Array:
    """Return what the inputs under one element of the kernel get: (n, i, *counts)."""
    groups, dy, w = site.options["groups"], site.upstream, site.parameters["weight"]
    here = w[at(offset)].reshape(groups, -1, w.shape[1])
    dy = dy.reshape(len(dy), groups, -1, *dy.shape[2:])
    dx = np.einsum("ngo...,goi->ngi...", dy, here)
    return np.asarray(dx.reshape(len(dy), -1, *dy.shape[3:]))


def merged(site: Site, *, overwriting: bool = False) -> Array:
    """Return the input's gradient, windows added up or each one over those before it."""
    lay = windows(site)
    dx = lay.padded(np.zeros(site.inputs[0].shape))
    # A window that comes later has an element of the input at an earlier place.
    for offset, seen in reversed(list(lay.elements())):
        part = contribution(site, offset)
        dx[seen] = part if overwriting else dx[seen] + part
    return lay.cropped(dx)
