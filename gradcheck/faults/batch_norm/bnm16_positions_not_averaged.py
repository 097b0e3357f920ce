"""The backward pass of an image's batch norm counts the samples only, not the positions.

## Rule
A channel's statistics are over samples, rows and columns.

    mu_c = 1/(n h w) sum over n, p, q of x_ncpq
    dx = s (dxhat - mean over n, p, q - xhat * mean over n, p, q of dxhat * xhat)

## Symptom
Layers below the norm are wrong, or the norm's own parameters; with batch norm of plain rows all
is right.

## Cause
axis=0 is carried over from the norm of rows; or the sums are right, but divided by the number of
samples; or the own gradients are those of one position.

## Fix
axis=(0, 2, 3), and m = n * h * w.

## Hidden when
The images have one position.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), section 3.2.
"""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


class _Positions(Norm):
    def average(self, each: Array) -> Array:
        if self.site.choice == "averaged apart":
            return np.asarray(each.mean(axis=0, keepdims=True))
        return super().average(each) * self.count / len(each)


def choices(site: Site) -> list[str]:
    """Tell what the mistake is made of: means, counts, or the own gradients."""
    if site.op.name != "batch_norm" or site.output[0, 0].size == 1:
        return []
    return ["averaged apart", "not counted", "the last position's"][: 3 if site.parameters else 2]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    if site.choice != "the last position's":
        return _Positions(site).gradients()
    dy = site.upstream
    of_weight, of_bias = (
        each.reshape(*dy.shape[:2], -1)[..., -1].sum(axis=0) for each in (dy * Norm(site).xhat, dy)
    )
    return site.with_parameters({"weight": of_weight, "bias": of_bias})


FAULT = Fault(
    code="BNM16",
    slug="positions-not-averaged",
    title="batch norm of images forgets rows and columns in the backward pass",
    family="batch norm",
    doc=__doc__,
    wrong="dx = (dxhat - dxhat.mean(0) - xhat * (dxhat * xhat).mean(0)) / std",
    right="dx = (dxhat - dxhat.mean((0, 2, 3)) - xhat * (dxhat * xhat).mean((0, 2, 3))) / std",
    choices=choices,
    inject=inject,
    repairs=("change-axis",),
)
