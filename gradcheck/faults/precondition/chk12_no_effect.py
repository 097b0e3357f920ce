"""Moving the parameter does not change the loss, so its gradient is zero.

## Symptom
A note: a gradient of zero is right here, and one that is not is wrong. But as long as it stays so
the parameter learns nothing. The evidence names the layer at which its moves end, found
by moving it.

## Cause
Nothing on the way to the loss uses the parameter's layer; the layer is multiplied by zeros; or
the units that the parameter reaches are off in all samples, masked or saturated.

    h = np.maximum(x @ W - 100, 0)       # wrong, if not meant: always 0, so W has no gradient
    h = np.maximum(x @ W + b, 0)         # right

## Fix
If it is meant, as for a frozen branch, none is needed. Otherwise look between the parameter and
the layer that is named: the inputs, the mask, the sign and size of the bias.

## Hidden when
At another point units are on: then the note says that it holds at the given point only.

## Sources
Lu et al., *Dying ReLU and Initialization: Theory and Numerical Examples* (2019); Goodfellow, Bengio
and Courville, *Deep Learning* (2016), section 6.3.1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK12",
    slug="no-effect",
    title="the loss does not depend on a parameter",
    family="precondition",
    doc=__doc__,
)
