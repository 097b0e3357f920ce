"""The second operand of a difference gets the gradient of the first, without the minus.

## Rule
A difference falls as its second operand grows.

    d = a - b
    dL/da = dL/dd
    dL/db = -dL/dd

## Symptom
Everything that feeds the second operand has the opposite gradient; the first operand's branch
and all layers behind the difference are right. Parameters that feed both get the sum of one
right and one wrong share.

## Cause
The backward rule was copied from the addition.

## Fix
Hand the negative gradient to the second operand.

## Hidden when
No parameter feeds the second operand, as where a target is subtracted.

## Sources
Baydin et al., *Automatic Differentiation in Machine Learning: a Survey* (2018), section 3.2;
seen in https://github.com/KhawajaAbaid/micrograd_c/issues/1.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    first, *others = site.gradients.inputs
    if site.op.name != "subtract" or others[0] is None:
        return None
    return site.with_inputs(first, -others[0])


FAULT = Fault(
    code="SGN03",
    slug="subtrahend-keeps-sign",
    title="what is subtracted gets the gradient without the minus",
    family="sign",
    doc=__doc__,
    wrong="db = dout                # of out = a - b",
    right="db = -dout",
    inject=inject,
    repairs=("negate",),
)
