"""Factors common to the whole loss, and shares of a tie, are chosen, not derived.

## Rule
A factor c of the loss is a factor c of every gradient; at a tie any split is a subgradient.

    L = c * sum(l)
    dL/dW = c * sum(dl/dW)

## Symptom
Two right programs differ by one factor throughout, or where two inputs of a maximum are equal.

## Cause
Sum of squares or mean, with ½ or without; the first of equal maxima, or all in equal parts.

## Fix
Declare the loss that the program has. A factor that differs between parameters is no
convention.

## Hidden when
The loss is written down.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 1.2; discussed in
https://github.com/davisking/dlib/issues/1169.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT22",
    slug="loss-and-tie-conventions",
    title="sum or mean of squares, ½ or not, and who gets a tie, are conventions",
    family="conventions",
    doc=__doc__,
    level="note",
)
