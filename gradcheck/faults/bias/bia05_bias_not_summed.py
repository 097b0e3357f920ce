"""The delta is taken for a bias's gradient as it is, with a row for each sample.

## Symptom
The gradient has the shape of a batch, (m, h), where the bias has (h). `b -= rate * db` fails;
`b = b - rate * db` quietly gives the bias a row for each sample, and from then on each sample
has its own.

## Cause
The sum over the samples is left out, because a bias has no input to be multiplied with.

## Fix
db = delta.sum(axis=0). No gradient of the bias's shape results, so the finding is its shape:
GRD03.

## Hidden when
A batch of one sample.

## Sources
Stanford CS231n, *Vector, Matrix, and Tensor Derivatives* (course notes by Learned-Miller); seen
in https://github.com/jimfleming/differentiation/issues/1 and
https://github.com/mlpack/mlpack/pull/3679.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="BIA05",
    slug="bias-not-summed",
    title="a bias's gradient is the delta itself, a row for every sample",
    family="bias",
    doc=__doc__,
)
