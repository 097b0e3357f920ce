"""A bias's gradient is averaged over the samples, though the delta holds the mean already.

## Rule
A bias is used by every sample, and gets the sum of their deltas.

    z_n = x_n @ W + b
    dL/db = sum_n dL/dz_n

## Symptom
The gradient of one bias is too small by the number of samples (of samples and positions, in a
convolution); the weights' are right.

## Cause
np.mean(delta, axis=0), which is right only where the delta does not hold the 1/m yet.

## Fix
Sum; divide once, where the weights' gradients are divided.

## Hidden when
A batch of one sample.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP3; seen in
https://github.com/kvfrans/notes/issues/5.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

POSITIONS = "samples and positions"
PLAIN = ("dense", "scale_shift", "conv1d", "conv2d", "conv_transpose2d")
"""Ops that add their bias to each row of the output."""


def _rows(site: Site) -> int:
    return site.upstream.size // site.parameters[site.target or ""].size


def choices(site: Site) -> list[str]:
    if site.target is None:
        return []
    spread = site.op.name in PLAIN and _rows(site) > site.batch
    return ["samples"] * (site.batch > 1) + [POSITIONS] * spread


def inject(site: Site) -> Gradients | None:
    if site.target is None or site.choice is None:
        return None
    count = _rows(site) if site.choice == POSITIONS else site.batch
    return site.with_parameters({site.target: site.gradients.parameters[site.target] / count})


FAULT = Fault(
    code="BIA02",
    slug="bias-averaged",
    title="a bias's gradient is the mean over the samples where the sum belongs",
    family="bias",
    doc=__doc__,
    wrong="db = delta.mean(axis=0)",
    right="db = delta.sum(axis=0)",
    each=("bias",),
    choices=choices,
    inject=inject,
    repairs=("mean-to-sum", "multiply"),
)
