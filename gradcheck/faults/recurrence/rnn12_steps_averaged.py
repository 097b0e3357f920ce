"""The weights' gradients are averaged over the steps, while the loss is not.

## Rule
Shared weights get the sum over all steps.

    dL/dW = sum over t of x_t.T dz_t
    what the loss divides by is in dz already

## Symptom
The recurrent layer's weights and biases are too small by the number of steps, all else is right.

## Cause
A mean over the axis of time, or a division to keep long sequences in bounds.

## Fix
Sum; divide in the loss, if at all.

## Hidden when
There is one step.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.2.2.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import several_steps
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if not several_steps(site):
        return None
    own = {k: g for k, g in site.gradients.parameters.items() if k not in ("h0", "c0")}
    return site.with_parameters({k: g / site.inputs[0].shape[1] for k, g in own.items()})


FAULT = Fault(
    code="RNN12",
    slug="steps-averaged",
    title="a recurrent layer's own gradients are divided by the number of steps",
    family="recurrence",
    doc=__doc__,
    wrong="dW = sum(x[:, t].T @ dz[:, t] for t in range(steps)) / steps",
    right="dW = sum(x[:, t].T @ dz[:, t] for t in range(steps))",
    inject=inject,
    repairs=("multiply", "drop-factor"),
)
