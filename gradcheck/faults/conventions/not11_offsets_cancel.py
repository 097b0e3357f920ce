"""Lists of layers that are off by one against each other can be indexed off by one as well.

## Rule
Only the pair of indices counts.

    activations[k] enters layer k,  deltas[k] leaves it
    gradient[k] = activations[k].T @ deltas[k]

## Symptom
One line has k, its neighbour k - 1, for the same layer.

## Cause
One list starts with the input, the other with the first layer.

## Fix
None is needed here. Compare the gradients, not the indices.

## Hidden when
Both offsets are seen together.

## Sources
Nielsen, *Neural Networks and Deep Learning* (2015), chapter 2, whose code counts from the end;
reported as a bug in https://github.com/scikit-learn/scikit-learn/issues/8987.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT11",
    slug="offsets-cancel",
    title="two offsets by one that cancel are no fault",
    family="conventions",
    doc=__doc__,
    level="note",
)
