"""What is left at the beginning of the sequence is not handed to the learned initial state.

## Rule
The initial state is an input of the first step.

    z_1 = x_1 W + h_0 U + b
    dL/dh_0 = dz_1 U.T, summed over the samples if they share it

## Symptom
The initial states' gradients are zero (or missing, GRD02), all else is right.

## Cause
dh_next is thrown away after the loop. With a constant initial state that is right.

## Fix
Return it; for a decoder it is the gradient of what the encoder has handed over.

## Hidden when
The initial state is not learned and comes from nowhere. With one state it is BIA01, too.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 10.2.4, on initial states that
are computed.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import KINDS
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    states = [name for name in ("h0", "c0") if name in site.parameters]
    if site.op.name not in KINDS or not states:
        return None
    zeros = {name: np.zeros(site.parameters[name].shape) for name in states}
    return site.with_parameters(zeros)


FAULT = Fault(
    code="RNN14",
    slug="initial-state-without-gradient",
    title="the gradient of the initial state is dropped",
    family="recurrence",
    doc=__doc__,
    wrong="dh0 = np.zeros_like(h0)",
    right="dh0 = dh_next.sum(axis=0)",
    inject=inject,
    repairs=("replace-name",),
)
