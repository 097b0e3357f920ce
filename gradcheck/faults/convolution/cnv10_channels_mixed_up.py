"""Input and output channels are mixed up on the way back.

## Rule
The weight between two channels serves both directions.

    y_o = sum_c w_oc * x_c
    dL/dx_c = sum_o w_oc dL/dy_o

## Symptom
Layers below the convolution are wrong, its own weight and bias right. With the first index kept,
all input channels get the gradient of the first.

## Cause
The loop over input channels is missing or uses another loop's index, W[o, 0] instead of W[o, c];
or the axes are W[c, o], which equal numbers of channels let pass.

## Fix
Sum over the output channels, for every input channel.

## Hidden when
There is one input channel (and one output channel).

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5, equation 9.13; seen in
https://github.com/NervanaSystems/neon/issues/111.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults.convolution._convolution import passes_on, with_weight
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    """Tell which weights are taken: those of the first channel, or of exchanged channels."""
    if not passes_on(site) or site.parameters["weight"].shape[1] == 1:
        return []
    outputs, inputs, *_ = site.parameters["weight"].shape
    return ["first", "exchanged"] if outputs == inputs else ["first"]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    weight = site.parameters["weight"]
    if site.choice == "first":
        return with_weight(site, np.broadcast_to(weight[:, :1], weight.shape))
    return with_weight(site, weight.swapaxes(0, 1))


FAULT = Fault(
    code="CNV10",
    slug="channels-mixed-up",
    title="the index of the input channel is wrong in the gradient of a convolution's input",
    family="convolution",
    doc=__doc__,
    wrong="dX[:, c, window] += W[o, 0] * dY[:, o, p]",
    right="dX[:, c, window] += W[o, c] * dY[:, o, p]",
    choices=choices,
    inject=inject,
    repairs=("change-index", "transpose"),
)
