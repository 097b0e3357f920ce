r"""Sine, for periodic networks.

## Forward
$\sin z$.

## Backward
$\cos z$. From the activation $a = \sin z$ alone the sign is lost: $\sqrt{1 - a^2}$ is wrong
in every second half-period.

## Sources
Sitzmann, Martel, Bergman, Lindell and Wetzstein, *Implicit Neural Representations with
Periodic Activation Functions* (2020), section 3.
"""

import math

import numpy as np

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(z: Array) -> Array:
    return np.sin(z)


def slope(z: Array) -> Array:
    return np.cos(z)


OP = elementwise(
    name="sin",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(
        Worked(
            inputs=([0.0, math.pi / 6, -math.pi / 2],),
            output=[0.0, 0.5, -1.0],
            source="by hand: half the angle of an equilateral triangle",
        ),
    ),
)
