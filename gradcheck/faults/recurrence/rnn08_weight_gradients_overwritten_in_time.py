"""The gradients of the weights are those of the step that the backward loop does last, the first.

## Rule
The same weights serve all steps.

    dL/dW = sum over t of x_t.T dz_t
    dL/dU = sum over t of h_(t-1).T dz_t

## Symptom
The recurrent layer's own weights (or biases, or both) are wrong, all layers below it right. With
one step all is right.

## Cause
dW = ... in the loop, where += is meant.

## Fix
dW += ..., beginning with zeros.

## Hidden when
There is one step.

## Sources
Werbos, *Backpropagation Through Time: What It Does and How to Do It* (1990); Goodfellow, Bengio
and Courville, *Deep Learning* (2016), section 10.2.2.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import KINDS, several_steps
from gradcheck.op import Gradients

WHICH = {"weights": ("weight",), "biases": ("bias",), "weights and biases": ("weight", "bias")}


def choices(site: Site) -> list[str]:
    if not several_steps(site):
        return []
    return list(WHICH) if site.options["bias"] else ["weights"]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    layer = KINDS[site.op.name](site)
    du, dv, _, _ = layer.run()
    found = {
        "weight_input": layer.x[:, 0].T @ du[:, 0],
        "weight_hidden": layer.hidden[:, 0].T @ dv[:, 0],
        "bias": du[:, 0].sum(axis=0),
        "bias_hidden": dv[:, 0].sum(axis=0),
    }
    names = [k for k in found if k in site.parameters and k.startswith(WHICH[site.choice])]
    return site.with_parameters({name: found[name] for name in names})


FAULT = Fault(
    code="RNN08",
    slug="weight-gradients-overwritten-in-time",
    title="a recurrent layer's weight gradients are overwritten at every step, not added up",
    family="recurrence",
    doc=__doc__,
    wrong="dW = x[:, t].T @ dz",
    right="dW += x[:, t].T @ dz",
    choices=choices,
    inject=inject,
    repairs=("assign-to-accumulate",),
)
