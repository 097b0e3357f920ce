"""Mask and keep probability of a dropout layer, apart."""

import numpy as np

from gradcheck.array import Array
from gradcheck.fault import Site


def dropped(site: Site) -> bool:
    """Tell whether a site drops units whose gradient goes on to another layer."""
    return site.op.name == "dropout" and site.options["rate"] > 0 and site.before is not None


def keep(site: Site) -> float:
    return float(1 - site.options["rate"])


def mask(site: Site) -> Array:
    """Return 1 for what is kept and 0 for the rest, for all samples."""
    # The right backward pass of ones is the mask with its factor.
    scales = site.op.backward(np.ones(site.output.shape), site.cache).inputs[0]
    return np.where(np.asarray(scales) > 0, 1.0, 0.0)
