"""A node hands its gradient on once for every path that reaches it, before it is complete.

## Rule
A node's turn comes when all its uses have contributed, and it comes once.

    da = d1 + d2
    right: f'(x) * (d1 + d2)
    wrong: f'(x) * d1 + f'(x) * (d1 + d2)

## Symptom
All layers before the place where paths part get one path's contribution twice; those on the
paths are right.

## Cause
Each operation calls the backward functions of its inputs itself, instead of all being called
in an order in which every node comes after those that use it.

## Fix
Sort the nodes topologically, and visit each once.

## Hidden when
Every value is used once.

## Sources
Baydin et al., *Automatic Differentiation in Machine Learning: a Survey* (2018), section 3.2; seen
in https://github.com/sebgao/cTensor/issues/5 and
https://github.com/SethHWeidman/DLFS_code/pull/13. A shortcut counted twice is GRF05.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._graph import joint_inputs, shortcut, with_input
from gradcheck.op import Gradients


def choices(site: Site) -> list[str]:
    return [k for k, place in joint_inputs(site).items() if place != shortcut(site)]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    place = joint_inputs(site)[site.choice]
    right = site.gradients.inputs[place]
    return None if right is None else with_input(site, place, 2 * right)


FAULT = Fault(
    code="GRF02",
    slug="visited-once-per-path",
    title="a node goes back once for each path, and counts the first path twice",
    family="graph",
    doc=__doc__,
    wrong="for child in node.inputs: child.grad += ...; child.backward()",
    right="for node in reversed(topological_order): node.backward()",
    choices=choices,
    inject=inject,
    repairs=("drop-factor", "move-statement"),
)
