"""The gradients of weight and bias are one number for each sample, not for each feature.

## Rule
A feature's weight and bias serve all samples and positions.

    dL/dw_j = sum over n of dL/dy_nj xhat_nj
    dL/db_j = sum over n of dL/dy_nj

## Symptom
Weight and bias of the norm are wrong, all else right. With another number of samples the shape is
wrong, GRD03.

## Cause
The axis of the statistics is used for the parameters too.

## Fix
Sum over all axes but the features'.

## Hidden when
Never; as many samples as features hide the wrong shape.

## Sources
Ba, Kiros and Hinton, *Layer Normalization* (2016), section 3; seen in
https://github.com/flagos-ai/FlagGems/issues/5392.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._normalisation import Norm
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    dy = site.upstream
    if site.op.name not in ("layer_norm", "rms_norm") or not site.options["affine"]:
        return None
    if site.parameters["weight"].shape != (len(dy),):
        return None
    others = tuple(range(1, dy.ndim))
    found = {"weight": (dy * Norm(site).xhat).sum(axis=others), "bias": dy.sum(axis=others)}
    return site.with_parameters({name: found[name] for name in site.parameters})


FAULT = Fault(
    code="LNM06",
    slug="parameter-gradients-over-the-wrong-axis",
    title="layer norm's own gradients are summed over the features instead of the samples",
    family="layer norm",
    doc=__doc__,
    wrong="dgamma = (dy * xhat).sum(axis=1)",
    right="dgamma = (dy * xhat).sum(axis=0)",
    inject=inject,
    repairs=("change-axis",),
)
