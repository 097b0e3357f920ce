"""The sigmoid's derivative, written for the activation, is right where it is given the activation.

## Rule
The derivative can be written with the function's own value.

    a = s(z) = 1 / (1 + exp(-z))
    s'(z) = exp(-z) / (1 + exp(-z))**2 = a (1 - a)

## Symptom
A function called sigmoid_prime does not apply the sigmoid, and is called with the activation.

## Cause
It saves an exponential; the name does not say what it expects.

## Fix
None is needed here. Only the mixtures are wrong: z-style fed a (ACT02), a-style fed z (ACT03).

## Hidden when
The caller's argument is shown beside the function.

## Sources
Bishop, *Pattern Recognition and Machine Learning* (2006), equation 4.88; reported as a bug in
https://github.com/rasmusbergpalm/DeepLearnToolbox/issues/165,
https://github.com/OpenANN/OpenANN/issues/164 and https://github.com/torch/torch7/issues/232.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT01",
    slug="derivative-written-for-activation",
    title="a (1 - a) on an activated value is the sigmoid's derivative",
    family="conventions",
    doc=__doc__,
    level="note",
)
