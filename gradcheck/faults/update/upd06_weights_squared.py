"""AdaGrad or RMSProp divides by the root of the sum of squared weights.

## Symptom
Steps are scaled by the weights: small weights take huge steps, whatever their gradient. The
gradient is right, so a check of gradients has nothing to find.

## Cause
The wrong array in the line of the accumulator.

## Fix
cache += grad**2. The test: AdaGrad's first step is rate * sign(gradient), whatever the weights
are.

The test, on pasted code: what is kept is a multiple of the weight's squares, and another
gradient does not change it.

## Hidden when
Weights and gradients have the same sizes.

## Sources
Duchi, Hazan and Singer, *Adaptive Subgradient Methods for Online Learning and Stochastic
Optimization* (2011), figure 1; seen in https://github.com/yizt/numpy_neural_network/issues/6.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="UPD06",
    slug="weights-squared",
    title="the optimiser accumulates squared weights instead of squared gradients",
    family="update",
    doc=__doc__,
    level="warning",
)
