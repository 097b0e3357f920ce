"""Program and config mean different reductions.

## Symptom
All claimed gradients have one common factor: the number of samples, of outputs, or of both.

## Cause
Libraries differ in their defaults.

## Fix
Declare the reduction that the program has; if it is the gradient that is wrong, it is AVG01,
AVG07, AVG08 or AVG12.

## Hidden when
The batch has one sample and one output.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 8.1.3; asked in
https://github.com/tensorflow/tensorflow/issues/8746.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MOD10",
    slug="reduction-differs",
    title="the program's loss is a sum where the config declares a mean, or the reverse",
    family="model",
    doc=__doc__,
    level="note",
)
