"""The gradient of log-probabilities assigns to the entries of the drawn labels.

## Rule
An entry that was picked several times has contributed several times.

    L = -sum over draws d of w_d * logp[n_d, k_d]
    dL/dlogp[n, k] = -sum of w_d over all d with (n_d, k_d) = (n, k)

## Symptom
All layers are wrong where a sample has several labels and two of them are equal, as EMB01 in the
table of log-probabilities.

## Cause
dlogp[rows, labels] = -w, as is right for one label of each sample.

## Fix
np.add.at(dlogp, (rows, labels), -w).

## Hidden when
Each sample has one label. So it is here, where every sample and position has its own row of
log-probabilities: no gradient of these losses can show it, and a test needs two equal draws.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), section 2.2, on counts; seen in
https://github.com/pytorch/pytorch/pull/2814.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="EMB08",
    slug="drawn-labels-assigned",
    title="the gradient of picked log-probabilities is assigned where labels repeat",
    family="embedding",
    doc=__doc__,
    wrong="dlogp[rows, labels] = -w",
    right="np.add.at(dlogp, (rows, labels), -w)",
)
