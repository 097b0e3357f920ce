"""lambda / n, with n the training set's size, is a way to write the strength.

## Rule
n is a constant.

    L = mean(l) + lam / (2 n) * sum(W**2)
    dL/dW = mean(dl/dW) + lam / n * W

## Symptom
The data's share is divided by the batch's size, the regulariser's by another number.

## Cause
The strength is defined for the whole data set, of which a batch is a sample.

## Fix
None is needed here. If the loss has another divisor, it is REG04 or REG10.

## Hidden when
The loss is written with the same n.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), equation 87; reported as a bug in
https://github.com/MichalDanielDobrzanski/DeepLearningPython/issues/16.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT14",
    slug="decay-over-the-data-set",
    title="the regulariser may be divided by the size of the training set",
    family="conventions",
    doc=__doc__,
    level="note",
)
