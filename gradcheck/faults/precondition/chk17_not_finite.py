"""The loss is infinite or not a number, so there is nothing to differentiate.

## Symptom
An error: the check can't be made. The message names the parameter, the data or the layer in which
the first such number appears, the sample, and what it was made of.

## Cause
The logarithm of zero or of a negative number, an exponential that overflows, a division by a sum
that is zero, weights that have diverged.

    p = np.exp(z) / np.exp(z).sum()                        # wrong: inf / inf from z = 710 on
    e = np.exp(z - z.max()); p = e / e.sum()               # right

    loss = -np.log(softmax(z))[y]                          # wrong: log(0) once p underflows
    loss = -(z - z.max() - np.log(e.sum()))[y]             # right

## Fix
Take off the largest logit before exponentials, fuse softmax and logarithm (`from: logits`), keep
probabilities off 0 and 1, and look at the scale of the weights.

## Hidden when
The point is moderate. At generated points such a loss is redrawn or left out, and remarks say so.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 4.1; seen in
https://github.com/jimfleming/differentiation/issues/1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK17",
    slug="not-finite",
    title="the loss is not a finite number at the given point",
    family="precondition",
    doc=__doc__,
)
