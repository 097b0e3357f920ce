r"""Square of each element.

## Forward
$z^2$.

## Backward
$2 z$.

## Sources
Livni, Shalev-Shwartz and Shamir, *On the Computational Efficiency of Training Neural Networks*
(2014), on networks with the quadratic activation.
"""

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(z: Array) -> Array:
    return z * z


def slope(z: Array) -> Array:
    return 2 * z


OP = elementwise(
    name="square",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(Worked(inputs=([-3.0, 0.5],), output=[9.0, 0.25], source="definition"),),
)
