"""Predictions are a column and targets a row, and the residual is a square.

## Rule
Each prediction has one target.

    residual_n = yhat_n - y_n
    (m, 1) - (m,) is (m, m): every prediction less every target
    dL/dyhat_n = mean_k slope(yhat_n, y_k)

## Symptom
Every gradient is wrong; it is that of a loss in which each prediction meets all targets, so that
the best prediction is one and the same for all samples. If the forward pass has it as well, the
gradient is exact for a wrong loss, and no check of gradients sees it: MOD01.

## Cause
A squeezed array, or a column read as a one-dimensional one.

## Fix
Bring both to one shape, and assert it.

## Hidden when
A batch of one sample, or all targets are equal.

## Sources
Harris et al., *Array programming with NumPy* (2020), on broadcasting; seen in
https://github.com/LaurentMazare/tch-rs/issues/510.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import again
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    shapes = [x.shape for x in site.inputs]
    if site.op.kind != "loss" or shapes != [(site.batch, 1)] * 2 or site.batch == 1:
        return []
    return ["added up"] if site.averaged == 1 else ["averaged", "added up"]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    prediction, target = site.inputs
    total = np.zeros(prediction.shape)
    for k in range(site.batch):
        (part, *_) = again(site, inputs=(prediction, np.roll(target, k, axis=0))).inputs
        total += np.asarray(part)
    return site.with_first(total / site.batch if site.choice == "averaged" else total)


FAULT = Fault(
    code="SHP01",
    slug="residual-broadcast",
    title="a column less a row: every prediction meets every target",
    family="shapes",
    doc=__doc__,
    wrong="delta = (yhat - y.ravel()).mean(axis=1, keepdims=True) / m",
    right="delta = (yhat - y) / m",
    choices=choices,
    inject=inject,
    repairs=("replace-name", "drop-call"),
)
