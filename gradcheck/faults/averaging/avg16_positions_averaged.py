"""A convolution's weight gradient is divided by the number of positions that share the weight.

## Rule
A shared weight gets the sum of what all its uses ask of it.

    y_p = sum_k w_k x_(p+k)
    dL/dw_k = sum_p dL/dy_p x_(p+k)

## Symptom
The gradient of a convolution's weight is too small by the number of output positions, while its
bias and all other layers are right.

## Cause
The mean over the batch is taken over all axes but the channels', or over a matrix of patches.

## Fix
Sum over positions and samples; divide, if at all, by the samples, where the loss does.

## Hidden when
The output has a single position.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5; seen in
https://github.com/sebgao/cTensor/issues/3.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.target is None or not site.op.name.startswith("conv"):
        return None
    positions = site.upstream[0, 0].size
    if positions == 1:
        return None
    return site.with_parameters({site.target: site.gradients.parameters[site.target] / positions})


FAULT = Fault(
    code="AVG16",
    slug="positions-averaged",
    title="a convolution's weight gradient is averaged over the positions, not summed",
    family="averaging",
    doc=__doc__,
    wrong="dW = (patches.T @ dY) / len(patches)      # (m * positions) rows",
    right="dW = patches.T @ dY",
    each=("weight",),
    inject=inject,
    repairs=("multiply", "mean-to-sum"),
)
