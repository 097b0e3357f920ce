"""The weight's gradient is that of the last position alone.

## Rule
A shared weight gets the sum over all its uses.

    y_p = sum_a w_a x_(p+a)
    dL/dw_a = sum_p dL/dy_p x_(p+a)

## Symptom
One weight is wrong, and its gradient too small; all other gradients are right.

## Cause
dW = ... in the loop over positions, or over positions and samples.

## Fix
dW += ..., beginning with zeros.

## Hidden when
The output has a single position (and there is one sample).

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5; LeCun, *Generalization and
Network Design Strategies* (1989), on the gradient of shared weights.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults.convolution._convolution import KERNELS, of_last_windows
from gradcheck.op import Gradients

LOOPS = {"positions": slice(None), "samples and positions": slice(-1, None)}
"""What the loop runs over, and which samples are left of it."""


def choices(site: Site) -> list[str]:
    fits = site.op.name in KERNELS and site.inputs[0][0, 0].size > 1
    return list(LOOPS) if fits and site.upstream[0, 0].size > 1 else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    return site.with_parameters({"weight": of_last_windows(site, LOOPS[site.choice])})


FAULT = Fault(
    code="CNV06",
    slug="weight-gradient-overwritten",
    title="a convolution's weight gradient is overwritten at every position, not added up",
    family="convolution",
    doc=__doc__,
    wrong="dW = np.tensordot(dY[:, :, h, w], window, axes=(0, 0))",
    right="dW += np.tensordot(dY[:, :, h, w], window, axes=(0, 0))",
    choices=choices,
    inject=inject,
    repairs=("assign-to-accumulate",),
)
