"""The ELU's derivative for negative z, written for the activation, is fed the pre-activation.

## Rule
The short form holds for the function's value.

    a = alpha (exp(z) - 1) for z < 0
    a' = alpha exp(z) = a + alpha, and not z + alpha

## Symptom
The layer under the activation and all layers nearer the input have wrong gradients; those
behind it are right. Only units with z < 0 are concerned; far below zero the wrong factor is
negative.

## Cause
Libraries differ in what they hand to the derivative, the output or the input.

## Fix
Hand over the activation, or write alpha exp(z).

## Hidden when
Every z is positive. Close to zero from below it hardly shows with alpha = 1.

## Sources
Clevert, Unterthiner and Hochreiter, *Fast and Accurate Deep Network Learning by Exponential
Linear Units (ELUs)* (2016), section 3; seen in https://github.com/mlpack/mlpack/pull/1540 and
https://github.com/eriklindernoren/ML-From-Scratch/pull/73. The ELU applied twice, f(a) + alpha,
is ACT02.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:

    if site.op.name != "elu":
        return None
    z = site.inputs[0]
    return site.with_first(site.upstream * np.where(z > 0, 1, z + site.options["alpha"]))


FAULT = Fault(
    code="ACT18",
    slug="elu-rule-at-preactivation",
    title="the ELU's derivative a + alpha is fed the pre-activation z",
    family="activation derivative",
    doc=__doc__,
    wrong="dZ1 = dA1 * np.where(Z1 > 0, 1, Z1 + alpha)",
    right="dZ1 = dA1 * np.where(Z1 > 0, 1, A1 + alpha)",
    inject=inject,
    repairs=("replace-name",),
)
