"""A sparse update changes rows of a table while they are still being read.

## Rule
The gradient of what went in needs the rows as the forward pass had them.

    score = h @ rows.T
    dL/dh = delta @ rows
    dL/drows = delta.T @ h, and then the update

## Symptom
What lies below the rows is wrong by about the learning rate. The rows' own gradient is right,
as it does not hold the table.

## Cause
`weights[targets] -= rate * ...` stands one line too high.

## Fix
Compute both gradients, then update both tables.

## Hidden when
The learning rate is tiny.

## Sources
Mikolov et al., *Distributed Representations of Words and Phrases and their Compositionality*
(2013), section 2.2; seen in the code of
https://github.com/iamtrask/Grokking-Deep-Learning/issues/50. In a network of layers the rows that
score are a dense layer's weight, and the same gradient is PRP01, under which it is reported.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="PRP09",
    slug="rows-updated-in-between",
    title="rows of a table are updated before the delta has gone back through them",
    family="propagation",
    doc=__doc__,
    wrong="rows -= rate * drows; dh = delta @ rows",
    right="dh = delta @ rows; rows -= rate * drows",
)
