"""A minus of the logistic loss is dropped: in the exponent, or before one of its two logarithms.

## Rule
Both minuses count.

    p = 1 / (1 + exp(-z))
    L = -y log(p) - (1 - y) log(1 - p)
    dL/dz = -y (1 - p) + (1 - y) p = p - y

## Symptom
Every gradient is wrong, sample by sample. Without the minus in the exponent the prediction is
mirrored, 1 - p; without the one before log(1 - p) the samples of the negative class pull the
wrong way.

## Cause
exp(z) for exp(-z), or -(y log p) + ... for -(y log p + ...), a bracket in the wrong place.

## Fix
Restore the minus; the short form p - y has none to forget.

## Hidden when
In the exponent: where p = 1/2 for all samples. Before the logarithm: where all samples are of
the positive class.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equations 4.59 and 4.90; seen in
https://github.com/Yorko/mlcourse.ai/issues/640.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._probabilities import probability, weighted
from gradcheck.op import Gradients


def choices(site: Site) -> tuple[str, ...]:
    if site.op.name != "binary_cross_entropy":
        return ()
    sigmoid = site.before is not None and site.before.op.name == "sigmoid"
    return ("exponent", "term") if site.options["from"] == "logits" or sigmoid else ("term",)


def inject(site: Site) -> Gradients | None:
    if site.choice is None:
        return None
    p, y = probability(site), site.inputs[1]
    by_logit = 1 - p - y if site.choice == "exponent" else -y * (1 - p) - (1 - y) * p
    if site.options["from"] == "logits":
        return weighted(site, by_logit)
    return weighted(site, by_logit / (p * (1 - p)))


FAULT = Fault(
    code="SGN05",
    slug="logistic-minus-dropped",
    title="a minus is missing in the logistic exponent or in one term of the log-loss",
    family="sign",
    doc=__doc__,
    wrong="p = 1 / (1 + exp(z)); delta = p - y",
    right="p = 1 / (1 + exp(-z)); delta = p - y",
    choices=choices,
    inject=inject,
    repairs=("negate",),
)
