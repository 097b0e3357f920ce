"""The activation's derivative is replaced by its mean over the batch.

## Rule
Each sample has its own pre-activation, and with it its own derivative.

    dL/dz_nj = dL/da_nj * s'(z_nj)
    mean_n(x_n y_n) is not mean_n(x_n) mean_n(y_n)

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. They point almost where the true ones do, some per cent off.

## Cause
Averages over the batch are taken early, to get vectors in place of matrices.

## Fix
Average last: after all entrywise products.

## Hidden when
One sample, equal samples, or weights so small that all derivatives are equal.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation BP2, for each sample; the average
over them comes last, in equation BP4's use.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.kind != "activation" or site.op.slope is None or site.batch == 1:
        return None
    if site.op.name == "identity":
        return None
    slope = site.op.slope(site.inputs[0], **site.options)
    return site.with_first(site.upstream * slope.mean(axis=0))


FAULT = Fault(
    code="ACT14",
    slug="derivative-averaged",
    title="the activation's derivative is averaged over the samples",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * sigmoid_prime(Z1).mean(axis=0)",
    right="dZ1 = dA1 * sigmoid_prime(Z1)",
    inject=inject,
    repairs=("drop-call",),
)
