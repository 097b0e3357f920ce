"""For negative z the ELU's derivative is its output plus alpha.

## Rule
With alpha = 1.

    a = exp(z) - 1 for z < 0
    a' = exp(z) = a + 1

## Symptom
The derivative looks like a line through the pre-activation.

## Cause
The argument is the output, which the code calls x.

## Fix
None is needed here. Fed z it is ACT18.

## Hidden when
What x is, is shown.

## Sources
Clevert, Unterthiner and Hochreiter, *Fast and Accurate Deep Network Learning by Exponential
Linear Units (ELUs)* (2016), section 3; reported as a bug in
https://github.com/hughperkins/DeepCL/issues/46.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT16",
    slug="elu-rule-for-output",
    title="x + 1 is the ELU's derivative where x is its output",
    family="conventions",
    doc=__doc__,
    level="note",
)
