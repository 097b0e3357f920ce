"""The function remembers earlier calls, so its answer depends on more than what it is given.

## Symptom
`undecided: randomness`. The second answer at a point is not the first, or that at another
point is not what a new process gives there; but a new process always begins alike.

## Cause
Something outlives the call: gradients that are added up and never set to zero, a cache that is
filled once, running means that move with every forward pass.

    grads["W"] += x.T @ delta            # wrong, if grads is not emptied before
    grads["W"] = x.T @ delta             # right

    if cache is None: cache = x          # wrong: the next x is never seen
    cache = x                            # right

## Fix
Set it back at the start of each call, or make it an argument. Freeze running statistics for a
check.

## Hidden when
The function is asked once, or always at the same point, as by arrays dumped into a file.

## Sources
PyTorch, documentation of `Optimizer.zero_grad`, on gradients that add up; Ioffe and Szegedy, *Batch
Normalization* (2015), section 3.1, on running averages.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK06",
    slug="hidden-state",
    title="the function remembers earlier calls",
    family="precondition",
    doc=__doc__,
)
