"""Channels of different groups, which do not meet in the forward pass, meet in the backward pass.

## Rule
Each group is a convolution of its own.

    y_o = sum over the channels c of o's own group of w_oc * x_c
    dL/dx_c = sum over the channels o of c's own group of w_oc dL/dy_o

## Symptom
The layers below the convolution or its weight are wrong; its bias is right.

## Cause
The backward pass is that of an ordinary convolution: the input's gradient sums over all output
channels, or the weight's meets the first channels of the input in every group.

## Fix
Cut input, output and weight into groups, do the backward pass of each, and join them.

## Hidden when
There is one group.

## Sources
Krizhevsky, Sutskever and Hinton, *ImageNet Classification with Deep Convolutional Neural
Networks* (2012), section 3.2.
"""

import numpy as np

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import again
from gradcheck.faults.convolution._convolution import CONVOLUTIONS
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    """Tell whose gradient ignores the groups."""
    fits = site.op.name in CONVOLUTIONS and site.options["groups"] > 1
    places = ["input", "weight"] if site.before else ["weight"]
    return places if fits else []


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    groups, weight = site.options["groups"], site.parameters["weight"]
    full = {**site.parameters, "weight": np.concatenate([weight] * groups, axis=1)}
    wrong = again(site, parameters=full, options={**site.options, "groups": 1})
    if site.choice == "input":
        return site.with_inputs(*wrong.inputs)
    return site.with_parameters({"weight": wrong.parameters["weight"][:, : weight.shape[1]]})


FAULT = Fault(
    code="CNV12",
    slug="groups-ignored",
    title="the backward pass of a grouped convolution ignores the groups",
    family="convolution",
    doc=__doc__,
    wrong="dX[:, c] = sum(W[o, c % width] * dY[:, o] for o in range(outputs))",
    right="dX[:, c] = sum(W[o, c % width] * dY[:, o] for o in group_of(c))",
    choices=choices,
    inject=inject,
    repairs=("change-index",),
)
