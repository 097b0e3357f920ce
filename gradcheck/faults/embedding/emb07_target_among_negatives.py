"""The word to be predicted is drawn among the negative samples too.

## Rule
Negative samples are to be other words.

    L = -log s(h . v_target) - sum over negatives k of log s(-h . v_k)

## Symptom
The loss pulls and pushes the same row. The gradient is exact for the loss as it was drawn, so that
no check sees it; a program that leaves the collision out of its loss alone has a wrong row, and
unexplained, GRD01.

## Cause
The draw does not look at the target.

## Fix
Draw again until the word is another one. The test is to count collisions.

## Hidden when
No draw collides, as mostly with large vocabularies.

## Sources
Mikolov et al., *Distributed Representations of Words and Phrases and their Compositionality*
(2013), section 2.2; seen in https://github.com/yasiemir/cs224n/issues/1. A row that is drawn twice
and counted once is EMB01.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="EMB07",
    slug="target-among-negatives",
    title="the word to be predicted is among the negative samples",
    family="embedding",
    doc=__doc__,
    level="note",
)
