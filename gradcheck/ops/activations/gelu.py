r"""Gaussian error linear unit, exact.

## Forward
$z\,\Phi(z)$ with $\Phi$ the normal distribution function, computed as
$\frac12 \operatorname{erfc}(-z/\sqrt2)$, which keeps its digits in the left tail, unlike
$\frac12 (1 + \operatorname{erf}(z/\sqrt2))$.

## Backward
$\Phi(z) + z\,\varphi(z)$ with the normal density $\varphi(z) = e^{-z^2/2} / \sqrt{2\pi}$. The
second term comes from the product rule and is easily forgotten.

## Sources
Hendrycks and Gimpel, *Gaussian Error Linear Units (GELUs)* (2016), section 2.
"""

from gradcheck.array import Array
from gradcheck.op import Worked, elementwise
from gradcheck.ops._erf import normal_cdf, normal_density


def function(z: Array) -> Array:
    return z * normal_cdf(z)


def slope(z: Array) -> Array:
    value: Array = normal_cdf(z) + z * normal_density(z)
    return value


OP = elementwise(
    name="gelu",
    doc=__doc__,
    function=function,
    slope=slope,
    worked=(
        Worked(
            inputs=([1.0, -1.0, 2.0],),
            output=[0.841344746068543, -0.158655253931457, 2 * 0.977249868051821],
            source="normal distribution function at 1 and 2 in Abramowitz and Stegun, table 26.1",
        ),
    ),
)
