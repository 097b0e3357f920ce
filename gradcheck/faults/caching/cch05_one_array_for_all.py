"""The gradients of several layers are one array, since a list was multiplied.

## Rule
Each parameter has a gradient array of its own.

    [np.zeros((5, 5))] * 2 is [a, a]
    [np.zeros((5, 5)) for _ in range(2)] is [a, b]

## Symptom
All weights of one shape have the same gradient: the sum of theirs where the code adds into the
arrays, the last one's where it fills them. The biases likewise.

## Cause
Multiplying a list repeats the reference, not the array.

## Fix
Use a list comprehension.

## Hidden when
There is one layer of that shape, or the entries of the list are assigned.

## Sources
Python Language Reference, *Programming FAQ*, "How do I create a multidimensional list?". One of
two biases with the other's gradient is BIA10.
"""

from collections.abc import Mapping

from gradcheck.array import Array
from gradcheck.fault import Fault, Whole

ADDED, FILLED = "added", "filled"


def _groups(whole: Whole) -> dict[str, list[str]]:
    """Return the parameters of one role and shape, the last to be filled at the end."""
    roles = {
        site.names[local]: role
        for site in whole.sites.values()
        for local, role in site.roles.items()
    }
    found: dict[str, list[str]] = {}
    for name, gradient in whole.gradients.items():
        if name in roles:
            found.setdefault(f"{roles[name]} {gradient.shape}", []).append(name)
    return {group: names for group, names in found.items() if len(names) > 1}


def choices(whole: Whole) -> list[str]:
    groups = _groups(whole)
    told = [group for group, names in groups.items() if len(names) > 2 or "weight" in group]
    return [*(f"{ADDED}: {g}" for g in groups), *(f"{FILLED}: {g}" for g in told)]


def alter(whole: Whole) -> Mapping[str, Array] | None:
    if whole.choice is None:
        return None
    way, _, group = whole.choice.partition(": ")
    names = _groups(whole)[group]
    shared = [whole.gradients[name] for name in names]
    return dict.fromkeys(names, sum(shared[1:], shared[0]) if way == ADDED else shared[-1])


FAULT = Fault(
    code="CCH05",
    slug="one-array-for-all",
    title="the gradients of layers of one shape are one and the same array",
    family="caching",
    doc=__doc__,
    wrong="grads = [np.zeros((5, 5))] * 2",
    right="grads = [np.zeros((5, 5)) for _ in range(2)]",
    choices=choices,
    alter=alter,
    repairs=("wrap-call",),
)
