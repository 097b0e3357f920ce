"""The cell state feeds the hidden state and the next cell, so both gradients are added.

## Rule
Contributions over different paths add up.

    c_t reaches the loss by h_t and by c_(t+1)
    dc_t = dc_t from c_(t+1) + dh_t * o_t * (1 - tanh(c_t)**2)

## Symptom
The backward step changes its argument, `dnext_c +=`.

## Cause
The second path's share is added to the first's.

## Fix
None is needed here. The caller's array is changed by it, which is a matter of style as long as
nobody reads it again.

## Hidden when
Nobody uses the array afterwards.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1; reported as a bug in
https://github.com/cthorey/CS231/issues/1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="NOT07",
    slug="cell-gradient-accumulated",
    title="adding to the next cell's gradient in an LSTM is the chain rule",
    family="conventions",
    doc=__doc__,
    level="note",
)
