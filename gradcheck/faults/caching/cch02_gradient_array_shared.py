"""Two branches are handed the same gradient array, and one of them changes it in place.

## Rule
Both sides of a sum get its gradient, and each multiplies its own.

    y = a + b
    dL/da = dL/dy
    dL/db = dL/dy, whatever is made of dL/da

## Symptom
All layers before the shortcut, or on the other branch, are wrong: they get the gradient with the
first branch's derivative or mask in it. That branch is right.

## Cause
`dZ = dA; dZ[Z <= 0] = 0`, or `dZ *= mask`, where dA is also the other branch's.

## Fix
`dZ = dA * (Z > 0)` makes a new array; or copy where the gradient is handed out.

## Hidden when
The gradient has one consumer.

## Sources
Griewank and Walther, *Evaluating Derivatives* (2008), section 4.1, on overwritten
values; PyTorch refuses it: https://github.com/pytorch/pytorch/issues/49824.
"""

from gradcheck.fault import Fault, Site
from gradcheck.op import Gradients


def _masks(site: Site, place: int) -> bool:
    """Tell whether an input was made by a step that can multiply its gradient in place."""
    maker = site.around.sites.get(site.sources[place])
    fits = maker is not None and (maker.op.slope is not None or maker.op.name == "dropout")
    return fits and not site.joint[place]


def choices(site: Site) -> list[str]:
    order = list(site.around.sites)
    if site.op.name != "add":
        return []
    makers = [name for k, name in enumerate(site.sources) if _masks(site, k)]
    others = {m: [s for s in site.sources if s in order and s != m] for m in makers}
    return [m for m in makers if any(order.index(m) < order.index(o) for o in others[m])]


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    maker = site.around.sites[site.choice]
    changed = maker.op.backward(site.upstream, maker.cache).inputs[0]
    inputs = zip(site.sources, site.gradients.inputs, strict=True)
    return site.with_inputs(*(g if name == site.choice else changed for name, g in inputs))


FAULT = Fault(
    code="CCH02",
    slug="gradient-array-shared",
    title="a branch changes in place the gradient that it shares with another",
    family="caching",
    doc=__doc__,
    wrong="da = db = dy; da *= relu_prime(za)",
    right="da, db = dy * relu_prime(za), dy",
    choices=choices,
    inject=inject,
    repairs=("replace-name", "wrap-call"),
)
