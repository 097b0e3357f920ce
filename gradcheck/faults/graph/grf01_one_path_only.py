"""A value is used in two places, and only one of them contributes to its gradient.

## Rule
A value's gradient adds up what all its uses send back.

    b = f(a), c = g(a)
    dL/da = dL/db * f'(a) + dL/dc * g'(a)

## Symptom
All layers before the place where the paths part are wrong; those on the paths are right.

## Cause
`a.grad = ...` in the backward function of each operation, where `+=` is meant: what arrives last
stays. In networks that are chains the two are the same, so that it lies hidden.

## Fix
Start at zero, and add.

## Hidden when
Every value is used once.

## Sources
Baydin et al., *Automatic Differentiation in Machine Learning: a Survey* (2018), section 3.2; seen
in https://github.com/PaddlePaddle/Paddle/issues/1805, and told of in
https://github.com/karpathy/nn-zero-to-hero/issues/52. Around a block it is GRF03 or GRF04,
in an attention ATT12.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import around_block, joint_inputs, with_input
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    if "attention" in site.op.name:
        return []
    found = joint_inputs(site)
    return [k for k, place in found.items() if not around_block(site, site.sources[place])]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    place = joint_inputs(site)[site.choice]
    return with_input(site, place, np.zeros_like(site.inputs[place]))


FAULT = Fault(
    code="GRF01",
    slug="one-path-only",
    title="a value that is used twice gets the gradient of one use only",
    family="graph",
    doc=__doc__,
    wrong="da = db * f_prime(a); da = dc * g_prime(a)",
    right="da = db * f_prime(a); da += dc * g_prime(a)",
    choices=choices,
    inject=inject,
    repairs=("assign-to-accumulate",),
)
