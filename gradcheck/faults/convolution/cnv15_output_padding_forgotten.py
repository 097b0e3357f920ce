"""The output's gradient is cut to the size that a transposed convolution has without extra rows.

## Rule
The extra rows are part of the output: the kernel reaches into them, and they have a bias.

    y has s (m - 1) + k - 2 p + extra rows
    dL/dx_j = sum_a w_a dL/dy_(s j + a - p), and db = sum of dL/dy over all rows

## Symptom
The transposed convolution's weight and bias and all layers below it are a little wrong: what
comes from the last rows and columns is missing. Without the cut the shapes do not fit.

## Cause
The output's size is computed once more without output_padding, and dY cut to it.

## Fix
Take the size from the output's gradient itself.

## Hidden when
output_padding is 0.

## Sources
Dumoulin and Visin, *A Guide to Convolution Arithmetic for Deep Learning* (2016), section 4.6;
seen in https://github.com/ml-explore/mlx/issues/1826.
"""

from gradcheck.fault import Fault, Site
from gradcheck.faults._windows import again
from gradcheck.op import Gradients


def inject(site: Site) -> Gradients | None:
    if site.op.name != "conv_transpose2d" or not any(site.options["output_padding"]):
        return None
    rows, columns = (tuple(site.options["output_padding"]) * 2)[:2]
    cut = site.upstream.copy()
    cut[:, :, cut.shape[2] - rows :] = 0
    cut[..., cut.shape[3] - columns :] = 0
    return again(site, upstream=cut)


FAULT = Fault(
    code="CNV15",
    slug="output-padding-forgotten",
    title="the backward pass of a transposed convolution forgets the rows of the output padding",
    family="convolution",
    doc=__doc__,
    wrong="dY = dY[:, :, : s * (m - 1) + k - 2 * p]",
    right="dY = dY[:, :, : s * (m - 1) + k - 2 * p + extra]",
    inject=inject,
    repairs=("change-index",),
)
