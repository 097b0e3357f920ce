"""One weight's gradient is divided by the number of samples, though the delta holds that.

## Rule
What the loss divides by, each of its gradients divides by, once.

    dZ = dl/dZ / m        # the mean is in the delta
    dW = X.T @ dZ         # so it is in here as well

## Symptom
The gradient of a single weight is too small by the number of samples; all others are right.
That layer learns m times more slowly than the rest.

## Cause
A 1 / m is kept in one line when the mean was moved into the first delta, or one np.mean stands
among sums.

## Fix
Take the division out of that line.

## Hidden when
A batch of one sample.

## Sources
Ng, *Neural Networks and Deep Learning* (2017), week 3; seen in
https://github.com/kvfrans/notes/issues/5. The same with a bias is BIA02.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.target is None or site.batch == 1:
        return None
    return site.with_parameters({site.target: site.gradients.parameters[site.target] / site.batch})


FAULT = Fault(
    code="AVG03",
    slug="one-weight-averaged",
    title="one weight's gradient is divided by the number of samples once too often",
    family="averaging",
    doc=__doc__,
    wrong="dW1 = X.T @ dZ1 / m       # dZ1 holds the 1 / m already",
    right="dW1 = X.T @ dZ1",
    each=("weight",),
    inject=inject,
    repairs=("multiply", "drop-factor", "mean-to-sum"),
)
