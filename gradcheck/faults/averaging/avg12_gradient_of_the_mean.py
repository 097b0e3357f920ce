"""The loss is a sum, but its gradient is divided by a number of samples or elements.

## Rule
A sum divides by nothing, and neither does its gradient.

    L = sum((yhat - y)**2)
    dL/dyhat = 2 (yhat - y)

## Symptom
Every gradient is too small by the number of samples, or of all elements. The printed loss grows
with the batch while the steps do not.

## Cause
The loss is summed for printing and averaged for training.

## Fix
Use the same reduction in both; say which in the loss.

## Hidden when
A batch of one sample with one output.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 5.1.4; seen in
https://github.com/tensorflow/tensorflow/issues/8746. The other way round it is AVG01.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    if site.op.kind != "loss" or site.averaged != 1 or site.batch == 1:
        return []
    return ["samples"] + ["terms"] * (site.output.size != site.batch)


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.choice is None or right is None:
        return None
    return site.with_first(right / (site.batch if site.choice == "samples" else site.output.size))


FAULT = Fault(
    code="AVG12",
    slug="gradient-of-the-mean",
    title="the loss is a sum, but its gradient is that of the mean",
    family="averaging",
    doc=__doc__,
    wrong="delta = 2 * (yhat - y) / m      # L = np.sum((yhat - y)**2)",
    right="delta = 2 * (yhat - y)",
    choices=choices,
    inject=inject,
    repairs=("multiply", "mean-to-sum", "drop-factor"),
)
