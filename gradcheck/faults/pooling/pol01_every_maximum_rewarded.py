"""Where several elements of a window are largest, each of them gets the whole gradient.

## Rule
At a tie the maximum has no derivative, only a choice of subgradients.

    y = max(x_1, x_2)
    x_1 = x_2:  dx_1 + dx_2 = dy in any subgradient, (dy, 0) or (dy/2, dy/2) say

## Symptom
The gradients that enter a window add up to more than came out of it. At generic inputs there are
no ties and nothing can be seen; a check at such points accepts either code.

## Cause
The mask is x == max(x), without anything that picks one of several. Behind a ReLU ties are
frequent, windows of zeros, but there its own derivative is 0 and nothing gets through.

## Fix
Take one of them, the first say, or divide by their number. To try one's own code: a window of
equal inputs, and the sum of what it hands back.

## Hidden when
No window has a tie, or the elements that tie have come out of a ReLU as zeros.

## Sources
Rockafellar, *Convex Analysis* (1970), section 23, on the subgradients of a maximum; reported in
https://github.com/Theano/Theano/issues/5248 and
https://github.com/tensorflow/tensorflow/issues/4886.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="POL01",
    slug="every-maximum-rewarded",
    title="tied largest elements each receive the whole gradient of their window",
    family="pooling",
    doc=__doc__,
    level="note",
)
