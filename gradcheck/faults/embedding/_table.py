"""The rows of a table that an embedding reads."""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Site


def looked_up(site: Site) -> tuple[Array, Array]:
    """Return all ids that are no padding, in order, and the gradient of what each became."""
    ids = site.inputs[0].astype(np.intp).ravel()
    real = ids != site.options["padding_id"]
    return ids[real], site.upstream.reshape(len(ids), -1)[real]


def last_of_each(site: Site) -> Array:
    """Return the gradient of the table in which the last place of each id is all that counts."""
    ids, delta = looked_up(site)
    found = np.zeros(site.parameters["weight"].shape)
    found[ids] = delta
    return found
