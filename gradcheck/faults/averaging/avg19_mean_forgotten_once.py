"""One parameter's gradient lacks the 1/m that all others have.

## Symptom
The gradient of a single parameter is too large by the number that the loss divides by; all others
are right. That parameter learns at a rate m times the others'.

## Cause
The division stands in each line of the backward pass, and one line was written without:

    dW2 = A1.T @ dZ2 / m
    db2 = dZ2.sum(axis=0) / m
    dW1 = X.T @ dZ1               # wrong
    dW1 = X.T @ dZ1 / m           # right

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
    right = site.gradients.parameters
    name = site.target or ("weight" if "weight" in right else next(iter(right), ""))
    if name not in right or site.averaged == 1:
        return None
    return site.with_parameters({name: right[name] * site.averaged})


FAULT = Fault(
    code="AVG19",
    slug="mean-forgotten-once",
    title="one parameter's gradient is not divided by the number of samples, the others are",
    family="averaging",
    doc=__doc__,
    inject=inject,
)
