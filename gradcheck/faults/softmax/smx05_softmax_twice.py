"""Probabilities are handed to a loss that expects logits, and the softmax is applied again.

## Rule
One softmax, and the cross-entropy of its output.

    p = softmax(z)
    L = -sum(y log(p))
    dL/dz = p - y, and not softmax(p) - y

## Symptom
All gradients are wrong. The doubly squashed probabilities are all close to 1/k, so that the
delta stays far from zero on samples that are classified rightly.

## Cause
A network ends in a softmax, and its loss is one of those `from logits`.

## Fix
Hand the loss the logits, or use the one for probabilities.

## Hidden when
Never.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.2.3; seen in
https://github.com/arthurdouillard/deepcourse/pull/9.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import probability, softmax, targets, through_softmax, weighted
from gradcheck.op import Gradients


def choices(site: Site) -> tuple[str, ...]:
    """Return whether the gradient then passes the first softmax, or the short form is used."""
    if site.op.name != "cross_entropy":
        return ()
    if site.options["from"] == "logits":
        return ("through both", "short form")
    return ("through both",) if site.before and site.before.op.name == "softmax" else ()


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    p, y = probability(site), targets(site)
    delta = softmax(p) * y.sum(axis=-1, keepdims=True) - y
    if site.choice == "through both" and site.options["from"] == "logits":
        delta = through_softmax(p, delta)
    return weighted(site, delta)


FAULT = Fault(
    code="SMX05",
    slug="softmax-twice",
    title="the loss applies the softmax to what is a softmax's output already",
    family="softmax",
    doc=__doc__,
    wrong="p = softmax(z); delta = softmax(p) - y",
    right="p = softmax(z); delta = p - y",
    choices=choices,
    inject=inject,
    repairs=("drop-call",),
)
