r"""Sum of squares: weight decay, the ridge penalty.

## Forward
The terms are $w^2$, one for each entry of the parameter. A factor of ½, where the loss has one, is
the regularisation's `factor`.

## Backward
$2 w$, or $w$ after a factor of ½.

## Sources
Hoerl and Kennard, *Ridge Regression: Biased Estimation for Nonorthogonal Problems* (1970);
Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 7.1.1 (with ½).
"""

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise


def function(w: Array) -> Array:
    return w**2


def slope(w: Array) -> Array:
    return 2 * w


OP = elementwise(
    name="l2",
    kind="regularizer",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(Worked(inputs=([-2.0, 0.5],), output=[4.0, 0.25], source="by hand: 2² and (1/2)²"),),
)
