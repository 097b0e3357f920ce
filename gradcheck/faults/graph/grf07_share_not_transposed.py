"""A weight serves as it is and transposed, and both shares are added as they come.

## Rule
What a transposed weight gets is the transpose of its share.

    y = a @ V, V = W.T
    dL/dV = a.T @ dy
    dL/dW = (dL/dV).T

## Symptom
The gradient of the shared weight is wrong, all others are right. Only a square weight lets the
two be added; a symmetric one does not hide it, since its shares are not symmetric.

## Cause
The decoder of a tied autoencoder is a layer like any other, whose gradient is added to the
encoder's.

## Fix
Transpose the share of the use that is transposed.

## Hidden when
The share is symmetric.

## Sources
Vincent et al., *Stacked Denoising Autoencoders* (2010), section 2.2, on tied weights; seen in
https://github.com/apache/singa/pull/111.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import both_ways
from gradcheck.faults._linear import as_long_as_wide
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "dense" or not as_long_as_wide(site.parameters["weight"]):
        return None
    if not both_ways(site, "weight"):
        return None
    return site.with_parameters({"weight": site.gradients.parameters["weight"].T})


FAULT = Fault(
    code="GRF07",
    slug="share-not-transposed",
    title="a share of a weight that is used both ways is not turned the right way round",
    family="graph",
    doc=__doc__,
    wrong="dW = x.T @ dz + a.T @ dy",
    right="dW = x.T @ dz + (a.T @ dy).T",
    inject=inject,
    repairs=("transpose",),
)
