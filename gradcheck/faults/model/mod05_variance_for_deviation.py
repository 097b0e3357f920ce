"""Data or activations are divided by their variance.

## Symptom
The outputs have a variance of 1 / variance instead of 1. The gradient is exact for what is
computed, so a check of it against that very function is silent.

## Cause
np.var for np.std, or a missing square root.

## Fix
Divide by the standard deviation. The test: the normalised values have variance 1.

## Hidden when
The variance is 1.

## Sources
Ioffe and Szegedy, *Batch Normalization* (2015), algorithm 1; seen in
https://github.com/jax-ml/jax/issues/442.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="MOD05",
    slug="variance-for-deviation",
    title="a normalisation divides by the variance, not by its square root",
    family="model",
    doc=__doc__,
    level="warning",
)
