"""One parameter's gradient lacks the 1/m that all others have.

## Rule
What the loss divides by, each of its gradients divides by, once.

    L = sum(l) / m
    dL/dW1 = sum(dl/dW1) / m
    dL/dW2 = sum(dl/dW2) / m

## Symptom
The gradient of a single parameter is too large by the number that the loss divides by; all others
are right. That parameter learns at a rate m times the others'.

## Cause
The division stands in each line of the backward pass, and one line was written without.

## Fix
Divide that gradient too; or divide the first delta once, so that no line can forget it.

## Hidden when
The loss divides by 1: a batch of one sample, or a sum.

## Sources
A learner's network of sizes 12288, 64 and 1, with one of its four gradients undivided, as
posted in a forum; the vectorised lines with 1/m in each: Ng, *Neural Networks and Deep
Learning* (2017), week 3.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.target is None or site.averaged == 1:
        return None
    right = site.gradients.parameters[site.target]
    return site.with_parameters({site.target: right * site.averaged})


FAULT = Fault(
    code="AVG19",
    slug="mean-forgotten-once",
    title="one parameter's gradient is not divided by the number of samples, the others are",
    family="averaging",
    doc=__doc__,
    wrong="dW1 = X.T @ dZ1          # and dW2 = A1.T @ dZ2 / m",
    right="dW1 = X.T @ dZ1 / m",
    each=("weight", "bias"),
    inject=inject,
    repairs=("divide",),
)
