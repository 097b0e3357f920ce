"""Probabilities and labels of losses over classes, as faults of losses and softmax need them."""

from typing import Any

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Site
from gradcheck.op import Gradients


def sigmoid(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-z)))


def softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def through_softmax(s: Array, ds: Array) -> Array:
    """Return the gradient of what a softmax was given, from that of its output."""
    return np.asarray(s * (ds - (ds * s).sum(axis=-1, keepdims=True)))


def takes(site: Site, loss: str, kind: str) -> bool:
    """Tell whether a site is the loss of that name on predictions of that kind."""
    return site.op.name == loss and site.options["from"] == kind


def probability(site: Site) -> Array:
    """Return the probabilities that a loss `from` logits or probabilities has been given."""
    yhat = site.inputs[0]
    if site.options["from"] != "logits":
        return yhat
    return sigmoid(yhat) if site.op.name == "binary_cross_entropy" else softmax(yhat)


def padding(site: Site) -> Array:
    """Return which terms of a loss over classes are padding, as an array of the terms' shape."""
    ignore, y = site.options.get("ignore"), site.inputs[1]
    return np.zeros(site.output.shape, dtype=bool) if ignore is None else y == ignore


def labels(site: Site) -> Array:
    """Return the target's rows as given, one-hot rows for class numbers, zeros for padding."""
    yhat, y = site.inputs
    if y.ndim == yhat.ndim:
        return y
    hot = (y[..., None] == np.arange(yhat.shape[-1])) & ~padding(site)[..., None]
    return np.where(hot, 1.0, 0.0)


def targets(site: Site) -> Array:
    """Return the rows that a cross-entropy compares with: the labels, smoothed."""
    share = site.options["label_smoothing"]
    rows = (1 - share) * labels(site) + share / site.inputs[0].shape[-1]
    return np.where(padding(site)[..., None], 0, rows)


def weighted(site: Site, slope: Array) -> Gradients:
    """Return the gradients of a loss whose terms had another derivative by the prediction."""
    weights = site.upstream
    if weights.ndim < slope.ndim:
        weights = weights[..., None]
    return site.with_first(weights * slope)


def relabelled(site: Site, rows: Array, **options: Any) -> Gradients | None:
    """Return the gradients of a loss that would compare with other rows, or with other options."""
    known = {**site.options, **options}
    if "ignore" in known:
        known["ignore"] = None
    _, cache = site.op.forward((site.inputs[0], rows), {}, known)
    found = site.op.backward(site.upstream, cache).inputs[0]
    assert found is not None
    skipped = padding(site).reshape(*site.output.shape, *(1,) * (found.ndim - site.output.ndim))
    return site.with_first(np.where(skipped, 0, found))
