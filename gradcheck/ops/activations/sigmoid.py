r"""Logistic sigmoid.

## Forward
$\sigma(z) = 1 / (1 + e^{-z})$, computed with $e^{-|z|}$ so that it never overflows.

## Backward
$\sigma'(z) = \sigma(z)\,\sigma(-z) = e^{-|z|} / (1 + e^{-|z|})^2$, at the *pre-activation* $z$.
With the activation $a = \sigma(z)$ at hand it is $a (1 - a)$, which loses digits where
$a$ is close to 1: at $z = 30$ only three are left.

## Sources
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 3.10.
"""

import numpy as np

from gradcheck.op import Worked, elementwise
from gradcheck.ops._logistic import logistic, logistic_slope

OP = elementwise(
    name="sigmoid",
    doc=__doc__,
    function=logistic,
    slope=logistic_slope,
    worked=(Worked(inputs=([0.0, np.log(3.0)],), output=[0.5, 0.75], source="1 / (1 + 1/3)"),),
)
