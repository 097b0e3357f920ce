"""Attention's backward pass, with projections or without, in steps that faults can replace."""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Site
from gradcheck.faults._probabilities import softmax
from gradcheck.op import Gradients

ATTENTIONS = ("attention", "multi_head_attention")
GIVEN = ("query", "key", "value")


class Attention:
    """The gradients of an attention at one site; heads have an axis after the samples'.

    A plain attention has one head. `allowed` says which query may look at which key.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.projected = site.op.name == "multi_head_attention"
        masked = site.options["mask"] if self.projected else len(site.inputs) > 3
        self.masks = int(masked)
        sequences = site.inputs[: len(site.inputs) - self.masks]
        self.sources = {name: sequences[min(k, len(sequences) - 1)] for k, name in enumerate(GIVEN)}
        self.q, self.k, self.v = (self.split(self.project(x, n)) for n, x in self.sources.items())
        self.root = float(np.sqrt(self.q.shape[-1]))
        self.scores = self.q @ self.k.swapaxes(-1, -2) / self.root
        self.allowed = np.ones(self.scores.shape, dtype=bool)
        if site.options["causal"]:
            self.allowed = np.tril(self.allowed)
        if masked:
            self.allowed &= (site.inputs[-1] != 0)[:, None, None, :]
        self.p = self.weights()

    @property
    def heads(self) -> int:
        return int(self.site.options["heads"]) if self.projected else 1

    def project(self, x: Array, name: str) -> Array:
        if not self.projected:
            return x
        bias = self.site.parameters.get(f"{name}_bias", 0.0)
        return np.asarray(x @ self.site.parameters[f"{name}_weight"] + bias)

    def split(self, x: Array) -> Array:
        """Give each head its stretch of the features: (n, heads, t, w)."""
        return x.reshape(*x.shape[:2], self.heads, -1).swapaxes(1, 2)

    def merged(self, x: Array) -> Array:
        """Join the heads' stretches: (n, t, d)."""
        return x.swapaxes(1, 2).reshape(len(x), x.shape[2], -1)

    def weights(self) -> Array:
        """Return the softmax of the scores that are allowed, 0 for the others."""
        p = softmax(np.where(self.allowed, self.scores, -1e300))
        return np.asarray(np.where(self.allowed, p, 0))

    def d_heads(self) -> Array:
        """Return the gradient that arrives at each head's output."""
        if not self.projected:
            return self.split(self.site.upstream)
        return self.split(self.site.upstream @ self.site.parameters["output_weight"].T)

    def dp(self) -> Array:
        return np.asarray(self.d_heads() @ self.v.swapaxes(-1, -2))

    def inner(self) -> Array:
        """Return what a softmax's backward pass takes off each row: (n, heads, t, 1)."""
        return np.asarray((self.dp() * self.p).sum(axis=-1, keepdims=True))

    def ds(self) -> Array:
        return np.asarray(self.p * (self.dp() - self.inner()))

    def dq(self) -> Array:
        return np.asarray(self.ds() @ self.k / self.root)

    def dk(self) -> Array:
        return np.asarray(self.ds().swapaxes(-1, -2) @ self.q / self.root)

    def dv(self) -> Array:
        return np.asarray(self.p.swapaxes(-1, -2) @ self.d_heads())

    def gradients(self) -> Gradients:
        parts = (self.dq(), self.dk(), self.dv())
        arriving = dict(zip(GIVEN, map(self.merged, parts), strict=True))
        nothing = (None,) * self.masks
        if not self.projected:
            return Gradients(inputs=(*arriving.values(), *nothing))
        found = {}
        for name, dz in arriving.items():
            found[f"{name}_weight"] = np.einsum("nti,ntj->ij", self.sources[name], dz)
            found[f"{name}_bias"] = dz.sum(axis=(0, 1))
        of_sources = self.of_sources(arriving)
        cross = len(self.site.inputs) - self.masks == 2
        x, context = of_sources["query"], of_sources["key"] + of_sources["value"]
        return Gradients(
            inputs=((x, context) if cross else (x + context,)) + nothing,
            parameters={k: found.get(k, g) for k, g in self.site.gradients.parameters.items()},
        )

    def of_sources(self, arriving: dict[str, Array]) -> dict[str, Array]:
        """Return what queries, keys and values hand on to the sequences that they come from."""
        weights = self.site.parameters
        return {name: dz @ weights[f"{name}_weight"].T for name, dz in arriving.items()}
