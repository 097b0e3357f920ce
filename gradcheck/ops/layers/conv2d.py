r"""Two-dimensional convolution of images.

## Forward
$Y_{n o p q} = \sum_{c a b} W_{o c a b}\, X_{n, c, s p + d a, s q + d b} + b_o$, with $X$ of shape
$(n, i, h, w)$ surrounded by `padding` zeros, stride $s$ and dilation $d$. The kernel is not
flipped: this is a cross-correlation. `weight` $W$ has shape $(o, i/g, k_h, k_w)$ and `bias` $b$
shape $(o)$; for `groups` $g$ both kinds of channels are divided into $g$ equal groups of
neighbours, and each group of output channels sees only its own group of input channels. The output
has $\lfloor (h + 2 \cdot padding - d (k_h - 1) - 1) / s \rfloor + 1$ rows, so that rows left over
at the end are not seen, and likewise columns. `kernel`, `stride`, `padding` and `dilation` are one
number, or two for rows and columns.

## Backward
With $\bar Y = \partial L/\partial Y$, $\partial L/\partial W_{o c a b} = \sum_{n p q} \bar Y_{n o
p q} X_{n, c, s p + d a, s q + d b}$ and $\partial L/\partial b_o = \sum_{n p q} \bar Y_{n o p q}$.
$\partial L/\partial X$ adds up $W_{o c a b} \bar Y_{n o p q}$ at $(n, c, s p + d a, s q + d b)$
for all $o, a, b, p, q$, since windows overlap; what falls on the padding is dropped. At stride 1
that is a convolution of $\bar Y$ with the flipped kernel.

## Sources
LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document Recognition*
(1998), section II.A; Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5; Yu and
Koltun, *Multi-Scale Context Aggregation by Dilated Convolutions* (2016), section 2; Krizhevsky,
Sutskever and Hinton, *ImageNet Classification with Deep Convolutional Neural Networks* (2012),
section 3.2, on groups.
"""

from gradcheck.op import Worked
from gradcheck.ops.layers._convolution import convolution

OP = convolution(
    name="conv2d",
    doc=__doc__,
    axes=2,
    worked=(
        Worked(
            inputs=([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]],),
            parameters={"weight": [[[[1.0, 10.0], [100.0, 1000.0]]]], "bias": [0.5]},
            options={"channels": 1, "kernel": (2,)},
            output=[[[[5421.5, 6532.5]]]],
            source="by hand: 1 + 2·10 + 4·100 + 5·1000 + 0.5, the kernel not flipped",
        ),
        Worked(
            inputs=([[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]],),
            parameters={"weight": [[[[2.0]]], [[[3.0]]]]},
            options={
                "channels": 2,
                "kernel": (1, 1),
                "stride": (2, 1),
                "padding": (0, 1),
                "groups": 2,
                "bias": False,
            },
            output=[[[[0.0, 2.0, 4.0, 0.0]], [[0.0, 15.0, 18.0, 0.0]]]],
            source="by hand: the first rows, doubled and tripled, between zeros",
        ),
    ),
)
