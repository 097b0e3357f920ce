"""col2im takes the columns for (element, channel), im2col made them (channel, element).

## Rule
The way back undoes the way there.

    im2col: column number c * k + a holds x_(c, p+a)
    col2im: column number c * k + a is added to dx_(c, p+a)

## Symptom
Layers below the convolution are wrong, its own weight and bias right. The input's gradient has
the right numbers in wrong channels and places.

## Cause
A reshape with the axes in another order than that of the forward pass, without a transpose. All
sizes fit, so that nothing raises.

## Fix
Reshape to the forward pass's axes first, then transpose.

## Hidden when
There is one input channel or a kernel of one element.

## Sources
Chellapilla, Puri and Simard, *High Performance Convolutional Neural Networks for Document
Processing* (2006), on unrolling.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults.convolution._convolution import kernel, passes_on, with_weight
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not passes_on(site) or max(kernel(site)) == 1:
        return None
    weight = site.parameters["weight"]
    outputs, inputs, *sides = weight.shape
    if inputs == 1:
        return None
    return with_weight(site, np.moveaxis(weight.reshape(outputs, *sides, inputs), -1, 1))


FAULT = Fault(
    code="CNV14",
    slug="patches-laid-out-otherwise",
    title="the gradient of the patches is read in another order of axes than they were laid out in",
    family="convolution",
    doc=__doc__,
    wrong="dpatches = dcols.reshape(m, p, kh, kw, channels).transpose(0, 1, 4, 2, 3)",
    right="dpatches = dcols.reshape(m, p, channels, kh, kw)",
    inject=inject,
    repairs=("transpose", "drop-call"),
)
