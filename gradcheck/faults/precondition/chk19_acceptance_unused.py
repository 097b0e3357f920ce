"""A comment accepts a finding that is not there, or does not say why.

## Symptom
A warning at the comment: `# gradcheck: accept CODE: reason` has no finding with this code on its
line, or on the next one where it stands alone; or there is no code or no reason in it.

## Cause
The mistake was corrected and the comment was left behind, or the statement moved away from it:

    # gradcheck: accept AVG01: the learning rate holds the 1/m
    delta = (yhat - y) / m               # wrong: there is nothing to accept any more

    delta = (yhat - y) / m               # right

## Fix
Take the comment out, or put it back where the statement is. A comment left behind would hide the
same mistake when it comes back.

## Hidden when
Only some parameters are checked, as with `--only`: what was left out might still be accepted.

## Sources
Linters report suppressions that suppress nothing for the same reason, as ESLint's option
`--report-unused-disable-directives` and ruff's rule RUF100 do.
"""

from gradcheck.fault import Fault

FAULT = Fault(
    code="CHK19",
    slug="acceptance-unused",
    title="a comment accepts nothing",
    family="precondition",
    doc=__doc__,
    level="warning",
)
