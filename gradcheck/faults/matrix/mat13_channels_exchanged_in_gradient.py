"""The channels of a convolution's weight gradient are in the wrong order.

## Rule
The gradient's axes are the weight's: first the channels that come out.

    y_ncp = sum_i sum_a w_cia x_ni(p+a)
    dL/dw_cia = sum_n sum_p dL/dy_ncp x_ni(p+a)

## Symptom
The gradient of one convolution's weight has its first two axes exchanged; all else is right.
Where the layer has more channels on one side the shape gives it away, GRD03.

## Cause
Two letters of an einsum, or two axes of a tensordot, have changed places.

## Fix
Name the axes of the result in the order of the weight's.

## Hidden when
There is one channel on each side.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), equation 9.11; seen in
https://github.com/nntrainer/nntrainer/issues/705 and
https://github.com/wuziheng/CNN-Numpy/issues/2. The same in a dense layer is MAT02, and on the
way back CNV10.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not site.op.name.startswith("conv"):
        return None
    first, second, *_ = site.parameters["weight"].shape
    if first != second or first == 1:
        return None
    right = site.gradients.parameters["weight"]
    return site.with_parameters({"weight": right.swapaxes(0, 1)})


FAULT = Fault(
    code="MAT13",
    slug="channels-exchanged-in-gradient",
    title="the channel axes of a convolution's weight gradient are exchanged",
    family="matrix products",
    doc=__doc__,
    wrong='dW = np.einsum("ncp,nipa->ica", dY, windows)',
    right='dW = np.einsum("ncp,nipa->cia", dY, windows)',
    inject=inject,
    repairs=("transpose", "change-axis"),
)
