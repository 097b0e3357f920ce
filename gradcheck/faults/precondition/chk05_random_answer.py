"""Asked twice at the same point, the loss or the claims give two different answers.

## Symptom
`undecided: randomness`. What is claimed is no function of the point, so that no derivative can
be compared with it. A numeric gradient of a random loss is noise that grows like 1/h.

## Cause
Numbers are drawn anew in every call: dropout masks, shuffled samples, augmentation.

    mask = rng.random(a.shape) < keep                              # wrong: another one each time
    mask = np.random.default_rng(0).random(a.shape) < keep         # right for a check

## Fix
Draw what is random once and hand it in, or begin each call with a generator of the same seed.
A new process that gives yet another answer proved that it is chance; one that always gives the same
points to CHK06.

## Hidden when
The seed is fixed in each call, or nothing happens to be dropped.

## Sources
Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting* (2014); Ng,
*Improving Deep Neural Networks* (2017), week 1, on gradient checks without dropout.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK05",
    slug="random-answer",
    title="the same point gives something else each time",
    family="precondition",
    doc=__doc__,
)
