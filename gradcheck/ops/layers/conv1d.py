r"""One-dimensional convolution of sequences.

## Forward
$Y_{n o p} = \sum_{c a} W_{o c a}\, X_{n, c, s p + d a} + b_o$, with $X$ of shape $(n, i, t)$, the
channels before the time, surrounded by `padding` zeros, stride $s$ and dilation $d$. The kernel is
not flipped: this is a cross-correlation. `weight` $W$ has shape $(o, i/g, k)$ and `bias` $b$ shape
$(o)$; for `groups` $g$ both kinds of channels are divided into $g$ equal groups of neighbours, and
each group of output channels sees only its own group of input channels. The output has $\lfloor (t
+ 2 \cdot padding - d (k - 1) - 1) / s \rfloor + 1$ steps; steps left over at the end are not seen.

## Backward
With $\bar Y = \partial L/\partial Y$, $\partial L/\partial W_{o c a} = \sum_{n p} \bar Y_{n o p}
X_{n, c, s p + d a}$ and $\partial L/\partial b_o = \sum_{n p} \bar Y_{n o p}$. $\partial
L/\partial X$ adds up $W_{o c a} \bar Y_{n o p}$ at $(n, c, s p + d a)$ for all $o, a, p$, since
windows overlap; what falls on the padding is dropped.

## Sources
Waibel, Hanazawa, Hinton, Shikano and Lang, *Phoneme Recognition Using Time-Delay Neural Networks*
(1989), section II; van den Oord et al., *WaveNet: A Generative Model for Raw Audio* (2016),
section 2.1, on dilation.
"""

from gradcheck.op import Worked
from gradcheck.ops.layers._convolution import convolution

OP = convolution(
    name="conv1d",
    doc=__doc__,
    axes=1,
    worked=(
        Worked(
            inputs=([[[1.0, 2.0, 3.0, 4.0]]],),
            parameters={"weight": [[[1.0, 10.0]], [[-1.0, 1.0]]], "bias": [0.5, 0.0]},
            options={"channels": 2, "kernel": (2,)},
            output=[[[21.5, 32.5, 43.5], [1.0, 1.0, 1.0]]],
            source="by hand: 1 + 2·10 + 0.5; differences of neighbours",
        ),
        Worked(
            inputs=([[[1.0, 2.0, 3.0, 4.0]]],),
            parameters={"weight": [[[1.0, 10.0]]]},
            options={
                "channels": 1,
                "kernel": (2,),
                "stride": (2,),
                "padding": (1,),
                "dilation": (2,),
                "bias": False,
            },
            output=[[[20.0, 42.0]]],
            source="by hand: of 0 1 2 3 4 0, the elements 0 and 2, then 2 and 4",
        ),
    ),
)
