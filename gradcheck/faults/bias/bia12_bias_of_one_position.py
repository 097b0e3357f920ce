"""A convolution's bias gradient is taken at one position instead of being summed over all.

## Rule
A channel's bias is added at every position, and all of them count.

    y_ncpq = (conv)_ncpq + b_c
    dL/db_c = sum_n sum_p sum_q dL/dy_ncpq

## Symptom
The bias's gradient of a convolution is much too small: that of the first or last position
alone. The weight's is right. Where all positions are kept it has the wrong shape, GRD03.

## Cause
Only the samples are summed over, and an index gets rid of the spatial axes.

## Fix
Sum over the samples and all positions: dY.sum(axis=(0, 2, 3)).

## Hidden when
The output has a single position.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5; seen, not as clearly, in
https://github.com/wkcn/mobula/issues/1.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

PLACES = {"first": 0, "last": -1}


def choices(site: Site) -> list[str]:
    fits = site.target and site.op.name.startswith("conv") and site.upstream[0, 0].size > 1
    return list(PLACES) if fits else []


def inject(site: Site) -> Gradients | None:
    if site.target is None or site.choice is None:
        return None
    samples = site.upstream.reshape(*site.upstream.shape[:2], -1).sum(axis=0)
    return site.with_parameters({site.target: samples[:, PLACES[site.choice]]})


FAULT = Fault(
    code="BIA12",
    slug="bias-of-one-position",
    title="a convolution's bias gets the gradient of a single position",
    family="bias",
    doc=__doc__,
    wrong="db = dY.sum(axis=0)[:, 0, 0]",
    right="db = dY.sum(axis=(0, 2, 3))",
    each=("bias",),
    choices=choices,
    inject=inject,
    repairs=("change-axis",),
)
