"""The regulariser's gradient is twice or half of what its loss asks for.

## Rule
The 2 of the square cancels a ½ in the loss, if there is one.

    d(lam / 2 * sum(W**2))/dW = lam * W
    d(lam * sum(W**2))/dW = 2 * lam * W

## Symptom
Claimed and true gradient of a weight differ by one or half the regulariser's share.

## Cause
A loss with a ½ and a gradient without, or the reverse, from two different texts.

## Fix
lam * W where the loss has the ½, 2 * lam * W where it has not.

## Hidden when
The strength is 0.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1.1; seen in
https://github.com/jingtinghuang/CS231n-Spring-2017/issues/3, and a convention in
https://github.com/titu1994/DenseNet/issues/57.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

FACTORS = {"twice": 2.0, "half": 0.5}


def choices(site: Site) -> list[str]:
    return list(FACTORS) if site.op.name == "l2" else []


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.choice is None or right is None:
        return None
    return site.with_inputs(FACTORS[site.choice] * right)


FAULT = Fault(
    code="REG03",
    slug="decay-twice-or-half",
    title="the 2 of the squared weights, or the ½ before them, is on one side only",
    family="regularisation",
    doc=__doc__,
    wrong="dW = X.T @ delta + 2 * lam * W      # L = ... + lam / 2 * np.sum(W**2)",
    right="dW = X.T @ delta + lam * W",
    choices=choices,
    inject=inject,
    repairs=("drop-factor", "multiply", "divide"),
)
