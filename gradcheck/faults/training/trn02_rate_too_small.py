"""The loss falls, but too slowly to notice.

## Symptom
The loss changes in the fourth digit after many steps. Every gradient is right.

## Cause
A rate chosen for another scale of data or loss.

## Fix
Multiply it by ten until the loss swings, then go back. The test, on pasted code: the loss
change of 40 steps (10, where steps take long), extrapolated to all that the loops plan (100 at
least), is below a hundredth of the loss, while a larger rate takes a tenth of it in 40 steps; or it
is below a twenty-fifth, and the rate has to be 1000 times larger for that. These shares are
gradcheck's own choice: what a plot would not show, or hardly, and what it would.

## Hidden when
The run is long.

## Sources
Bengio, *Practical Recommendations for Gradient-Based Training of Deep Architectures* (2012),
section 3.1.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="TRN02",
    slug="rate-too-small",
    title="the learning rate is far too small to see progress",
    family="training",
    doc=__doc__,
    level="note",
)
