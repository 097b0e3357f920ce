"""The numeric side forgets the loss.

## Symptom
The numeric gradient does not depend on the targets.

## Cause
The function that is moved returns the prediction.

## Fix
Differentiate the loss. The test: change y; the gradient must change.

## Hidden when
The loss is the sum of the outputs.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), chapter 2; asked in
https://stats.stackexchange.com/questions/188678/numerical-check-of-gradient-in-neural-network.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK08",
    slug="output-differentiated",
    title="the network's output is differentiated, not the loss",
    family="precondition",
    doc=__doc__,
    level="note",
)
