"""Sizes that are equal by chance let every confusion of axes pass.

## Symptom
No error is raised where a transpose, an axis or a layer is confused; the gradient is wrong, or
even right for these sizes alone.

## Cause
A test with five samples of five features and five units.

## Fix
Nothing is wrong with the network, so this is no finding. Test with sizes that are pairwise
different primes, so that no two of them, and no product or quotient, agree; and once with equal
ones, as some mistakes run only there.

## Hidden when
All sizes differ.

## Sources
Stanford CS231n, *Vector, Matrix, and Tensor Derivatives* (course notes by Learned-Miller), which
checks products by their shapes.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="SHP03",
    slug="equal-sizes-hide",
    title="equal sizes hide mistakes that would otherwise not run",
    family="shapes",
    doc=__doc__,
    level="note",
)
