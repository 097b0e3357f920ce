"""A test harness supplies numbers that do not belong together.

## Symptom
The claimed gradient can't agree with any function: forward(X) does not reproduce the cache.

## Cause
Random arrays stand in for the cache of a test case.

## Fix
Make the cache by a forward pass. The test: compare forward's own cache with it.

## Hidden when
Never.

## Sources
Stanford CS231n, *Gradient checks* (course notes); met in a course's exercise with random
caches.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK09",
    slug="cache-of-another-pass",
    title="the backward pass is fed a cache that its forward pass never made",
    family="precondition",
    doc=__doc__,
    level="note",
)
