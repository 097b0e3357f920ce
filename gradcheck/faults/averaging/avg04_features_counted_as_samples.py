"""The number of samples is read off the wrong axis, and the gradient divided by that of features.

## Rule
The loss is the mean over samples, which are the rows here.

    X.shape == (m, d)
    L = sum(l) / m
    dL/dyhat = dl/dyhat / m

## Symptom
Every gradient is off by one and the same factor, samples over features. It goes unnoticed as
the learning rate makes up for it, until the batch's size changes.

## Cause
m = X.shape[1] in a program whose samples are rows, copied from one whose samples are columns;
or the other way round.

## Fix
m = X.shape[0], or len(X), where samples are rows.

## Hidden when
There are as many features as samples.

## Sources
Ng, *Neural Networks and Deep Learning* (2017), week 2, whose samples are columns; seen in
https://github.com/torch/nn/pull/646.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    """Return one array of the data for each number of features there is."""
    if site.op.kind != "loss" or site.averaged != site.batch:
        return []
    arrays = {k: a for k, a in site.around.data.items() if a.ndim > 1}
    first = {a.shape[1]: k for k, a in reversed(arrays.items())}
    return [f"{k}.shape[1]" for size, k in first.items() if size not in (1, site.batch)]


def inject(site: Site) -> Gradients | None:
    right = site.gradients.inputs[0]
    if site.choice is None or right is None:
        return None
    features = site.around.data[site.choice.partition(".")[0]].shape[1]
    return site.with_first(right * site.batch / features)


FAULT = Fault(
    code="AVG04",
    slug="features-counted-as-samples",
    title="the mean divides by the number of features, not of samples",
    family="averaging",
    doc=__doc__,
    wrong="delta = (yhat - y) / X.shape[1]",
    right="delta = (yhat - y) / X.shape[0]",
    choices=choices,
    inject=inject,
    repairs=("change-index", "replace-name"),
)
