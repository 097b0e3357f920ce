"""Loss and gradient differ in whether the 1/m of the mean applies to the regulariser.

## Rule
What stands outside the mean in the loss stands outside it in the gradient.

    L = sum(l) / m + lam / 2 * sum(W**2)
    dL/dW = sum(dl/dW) / m + lam * W, and not (sum(dl/dW) + lam * W) / m

## Symptom
The regulariser's share of a weight's gradient is too small or too large by the number of
samples; the data's share is right.

## Cause
One bracket around both terms, or one too few.

## Fix
Write the same brackets as in the loss; either convention is fine.

## Hidden when
A batch of one sample, or a strength of 0.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation 87, with 1/n on both; asked about
in https://github.com/ageron/handson-ml3/issues/118.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    if site.op.kind != "regularizer" or site.batch == 1:
        return []
    return ["divided", "not divided"]


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.choice is None or right is None:
        return None
    return site.with_inputs(right / site.batch if site.choice == "divided" else right * site.batch)


FAULT = Fault(
    code="REG04",
    slug="regulariser-divided-otherwise",
    title="the regulariser is divided by the number of samples in loss or gradient, not in both",
    family="regularisation",
    doc=__doc__,
    wrong="dW = (X.T @ dl + lam * W) / m       # L = l.mean() + lam / 2 * np.sum(W**2)",
    right="dW = X.T @ dl / m + lam * W",
    choices=choices,
    inject=inject,
    repairs=("multiply", "divide"),
)
