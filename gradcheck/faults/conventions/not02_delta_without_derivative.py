"""With the cross-entropy the output's derivative cancels, so the first delta has none.

## Rule
The logarithm's derivative cancels the sigmoid's.

    dL/dyhat = (yhat - y) / (yhat (1 - yhat))
    dL/dz = dL/dyhat * yhat (1 - yhat) = yhat - y

## Symptom
The first delta is a_out - y, while hidden layers multiply by a derivative.

## Cause
Loss and output activation are a matching pair: so it is for softmax and cross-entropy, and for
a linear output and half the squared error.

## Fix
None is needed here. With the squared error behind a sigmoid it is wrong: ACT22.

## Hidden when
The loss is shown.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), section 5.2; reported as a bug in
https://github.com/rasbt/python-machine-learning-book-2nd-edition/issues/54 and
https://github.com/mnielsen/neural-networks-and-deep-learning/issues/45.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT02",
    slug="delta-without-derivative",
    title="yhat - y without the sigmoid's derivative is the cross-entropy's delta",
    family="conventions",
    doc=__doc__,
    level="note",
)
