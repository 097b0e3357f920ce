"""The sum is normalised in the forward pass, but the shortcut's gradient leaves the norm out.

## Rule
The shortcut joins before the norm, so its gradient leaves after it.

    y = norm(x + f(x))
    dx = d(sum) + (what f hands back),   d(sum) = norm's backward of dy

## Symptom
All layers below the block are wrong; the norm and the layers within the block are right.

## Cause
The backward pass is that of the other order, x + f(norm(x)), where the shortcut is past the norm.

## Fix
Walk the norm back first, then part the gradient.

## Hidden when
The norm hands its gradient on unchanged, as none does.

## Sources
Xiong et al., *On Layer Normalization in the Transformer Architecture* (2020), section 3, on both
orders.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients

NORMS = ("layer_norm", "rms_norm", "batch_norm", "group_norm")


def inject(site: Site) -> Gradients | None:
    if site.op.name != "add" or len(site.after) != 1 or site.after[0].op.name not in NORMS:
        return None
    if not any(site.joint) or all(site.joint):
        return None
    (norm,) = site.after
    right = zip(site.gradients.inputs, site.joint, strict=True)
    return site.with_inputs(*(norm.upstream if shortcut else g for g, shortcut in right))


FAULT = Fault(
    code="ATT11",
    slug="shortcut-past-the-norm",
    title="the shortcut's gradient is taken past the norm that follows the sum",
    family="attention",
    doc=__doc__,
    wrong="dx = dy + f_backward(norm_backward(dy))",
    right="d_sum = norm_backward(dy); dx = d_sum + f_backward(d_sum)",
    inject=inject,
    repairs=("replace-name",),
)
