"""Reports to render: one for each way in which a run can end, and one to stumble over."""

from dataclasses import replace
from typing import Any

import pytest

from gradcheck.report import (
    ALONG,
    Check,
    Edit,
    Excerpt,
    Finding,
    Fix,
    Location,
    ProblemReport,
    Report,
    Sweep,
    Worst,
)


def report(*problems: ProblemReport, remarks: tuple[str, ...] = ()) -> Report:
    return Report(problems=problems, tool_version="1.2.3", remarks=remarks)


def right(parameter: str, shape: tuple[int, ...], entries: int) -> Check:
    return Check(
        parameter=parameter,
        shape=shape,
        verdict="right",
        difference=3e-16,
        bar=2.5e-15,
        relative=1e-16,
        ratio=1.0,
        cosine=1.0,
        entries=entries,
        entries_checked=entries,
        method="complex step",
        worst=Worst(
            index=(0,) * len(shape), probe="given", claimed=0.125, numeric=0.125, bar=2.5e-15
        ),
    )


def wrong_output(**changes: Any) -> Check:
    return replace(WRONG_OUTPUT, **changes)


WRONG_OUTPUT = Check(
    parameter="output.weight",
    shape=(10, 1),
    verdict="wrong",
    difference=3.64,
    bar=8.9e-12,
    relative=2.0,
    ratio=-1.0000000000002,
    cosine=-1.0,
    wrong_entries=10,
    worst=Worst(index=(2, 0), probe="given", claimed=-1.82, numeric=1.82, bar=8.9e-12),
    entries=10,
    entries_checked=10,
    method="complex step",
    pattern="every entry has the other sign",
    heat=(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0),
)

WRONG_HIDDEN = wrong_output(
    parameter="hidden.weight",
    shape=(1, 10),
    difference=0.0412,
    bar=1.3e-12,
    relative=0.37,
    ratio=-0.31415,
    cosine=-0.871,
    wrong_entries=7,
    worst=Worst(index=(0, 4), probe="random 1", claimed=-0.0123, numeric=0.0289, bar=1.3e-12),
    pattern=None,
    heat=(1.0, 0.0, 0.05, 0.5, 0.75, 0.0, 1.0, 0.3),
)

REVERSED = Finding(
    code="SGN01",
    family="signs",
    level="error",
    title="residual reversed while the update subtracts",
    message=(
        "the gradient of every parameter below the loss has the other sign: the residual is "
        "written y - yhat, but the derivative of the loss is yhat - y."
    ),
    parameters=("output.weight", "hidden.weight"),
    location=Location(file="configs/sine.yaml", line=14, column=13, end_line=14, end_column=21),
    evidence=(
        "claimed = -1 × numeric for output.weight, to within 2e-13",
        "the reference with SGN01 planted agrees to 4.1e-16; the runner-up, AVG02, to 0.8",
    ),
    alternatives=("LOS03",),
    fix=Fix(
        applicability="verified",
        edits=(
            Edit(file="configs/sine.yaml", line=14, old="delta = y - yhat", new="delta = yhat - y"),
        ),
        diff=(
            "--- configs/sine.yaml\n+++ configs/sine.yaml\n@@ -14 +14 @@\n"
            "-    delta = y - yhat\n+    delta = yhat - y\n"
        ),
    ),
    help="write the residual as the prediction minus the target",
)

UNEXPLAINED = Finding(
    code="GRD01",
    family="gradients",
    level="error",
    title="gradient and loss disagree",
    message="hidden.weight is wrong in a way that no known mistake explains.",
    parameters=("hidden.weight",),
    evidence=("cosine -0.871, best factor -0.314", "wrong: rows 0, columns 0, 2-4, 6-7"),
)

CONVENTION = replace(
    UNEXPLAINED,
    code="AVG06",
    level="note",
    title="the factor 2 of the square is absorbed by the learning rate",
    message="every gradient is half the loss's own; a learning rate twice as large is the same.",
    parameters=(),
    evidence=(),
)

SUSPICION = replace(
    CONVENTION,
    code="CHK07",
    level="warning",
    title="a parameter that the loss does not depend on",
    message="extra.bias has a gradient of zero everywhere.",
    parameters=("extra.bias",),
    location=Location(file="back.ipynb", cell=3, line=5, column=1, end_line=6, end_column=9),
)

CLEAN = ProblemReport(
    name="sine regressor",
    target="configs/sine.yaml",
    verdict="right",
    entries_total=20,
    entries_checked=20,
    evaluations=412,
    audits=8,
    probes=("given", "random 1", "random 2"),
    checks=(right("hidden.weight", (1, 10), 10), right("output.weight", (10, 1), 10)),
    findings=(CONVENTION,),
)

FAILING = replace(
    CLEAN,
    verdict="wrong",
    seed=7,
    entries_total=112,
    entries_checked=112,
    evaluations=2906,
    remarks=("random 2 was redrawn once: the loss was not finite there",),
    understood={"loss": "squared_error", "update": "subtracts", "rate": 0.1},
    checks=(
        *(right(f"block{i}.norm.scale", (7,), 7) for i in range(13)),
        WRONG_HIDDEN,
        WRONG_OUTPUT,
        right("output.bias", (), 1),
    ),
    findings=(REVERSED, UNEXPLAINED, SUSPICION),
)

UNDECIDED = ProblemReport(
    name="hinge",
    target="mymodule:HingeLayer",
    verdict="undecided",
    mode="quick",
    entries_total=5003,
    entries_checked=3,
    evaluations=18,
    probes=("given",),
    checks=(
        Check(
            parameter="w",
            shape=(71, 70),
            verdict="undecided",
            reason="kink: unit 3 of sample 2 sits on the hinge",
            difference=0.5,
            bar=float("inf"),
            ratio=float("nan"),
            entries=4970,
            directions=1,
        ),
        Check(
            parameter="margin",
            shape=(33,),
            verdict="undecided",
            reason="noise",
            entries=33,
            entries_checked=3,
            wrong_entries=1,
            sweep=Sweep(
                probe="given",
                index=(2,),
                law="noise",
                steps=(0.1, 0.01, 0.001),
                gaps=(0.25, 2.5, float("inf")),
                sides=(0.5, 5.0, float("nan")),
            ),
        ),
    ),
    findings=(
        Finding(
            code="CHK02",
            family="precondition",
            level="warning",
            title="the loss is too noisy to be differentiated",
            message="the gradient of margin is undecided: the noise of the loss hides it",
            parameters=("margin",),
            evidence=("margin[2] is 0.125, known to ± 0.3: its gap grows as steps shrink",),
            help="take the offset out of the loss",
        ),
    ),
)

ERROR = ProblemReport(
    name="configs/broken.yaml",
    target="configs/broken.yaml",
    verdict="error",
    message="unknown key 'lyers': expected one of inputs, layers; did you mean 'layers'?",
    location=Location(file="configs/broken.yaml", line=4, column=3, end_line=4, end_column=8),
)

ODD_NAME = "a[0] | `b` <b>bold</b> \"q\" 'r' \x08 \x1b[31m 🎲 [red]x[/red] " + "long" * 30

ODD = ProblemReport(
    name=ODD_NAME,
    target="odd dir/100%, a:b,c.py",
    verdict="wrong",
    entries_total=30,
    entries_checked=30,
    remarks=("first\r\nsecond \ud800 \u202e third",),
    checks=(
        wrong_output(parameter="net.stack[0][0]", heat=(), ratio=float("-inf")),
        wrong_output(parameter=ODD_NAME, bar=0.0, wrong_entries=5),
        wrong_output(parameter="a\nb", ratio=1 / 64, difference=None, reason="a|b"),
    ),
    findings=(
        replace(
            UNEXPLAINED,
            title="[bold]odd[/bold] | <i>title</i>: 100%, so `it` is",
            message="first line\nsecond line with \x08 and 🎲\n    delta = y | yhat  # ]]> <b>",
            parameters=(ODD_NAME, "net.stack[0][0]"),
            location=Location(file="a:b,c.py", line=3, column=5, end_line=4, end_column=1),
            evidence=("| a | b |", "a\nb"),
            help="write `x` & <y>",
            fix=Fix(
                applicability="ambiguous",
                edits=(Edit(file="a:b,c.py", line=3, old="\tx[0]", new=None),),
                diff="@@ -3 +2 @@\r\n-\tx[0] " + "y" * 90 + "\r\n ```\n",
            ),
        ),
    ),
)

EXPECTED = replace(
    CLEAN,
    name="planted fault",
    target="configs/posts/planted.yaml",
    verdict="wrong",
    expected=True,
    checks=(WRONG_OUTPUT, right("hidden.weight", (1, 10), 10)),
    findings=(REVERSED,),
)

UNEXPECTED = replace(
    EXPECTED,
    expected=False,
    unexpected=("wrong: expected hidden.weight, found output.weight", "codes: expected ACT02"),
)

ACCEPTED = replace(
    CLEAN,
    mode="exhaustive",
    checks=(
        right("hidden.weight", (1, 10), 10),
        wrong_output(ratio=10.0, accepted="the batch's sum is taken on purpose"),
    ),
    findings=(),
)

# A wrong gradient that no checked parameter carries.
STRAY = replace(
    CLEAN,
    verdict="wrong",
    findings=(
        replace(
            UNEXPLAINED,
            code="GRD03",
            title="a gradient is missing",
            message="backward returns no gradient for 'bias'.",
            parameters=("bias",),
        ),
    ),
)


def _along(parameter: str, **changes: Any) -> Check:
    check = Check(
        parameter=parameter,
        shape=(3, 7),
        verdict="right",
        relative=3e-11,
        ratio=1.0,
        cosine=1.0,
        entries=21,
        directions=12,
        method="differences",
    )
    return replace(check, **changes)


_NARROW = "    dW1 = " + "x.T @ ".join(["", *"abcdefgh"]) + " @ d1 / m  # " + "z" * 40

PASTED = ProblemReport(
    name="post.txt#2",
    target="post.txt",
    verdict="wrong",
    mode=ALONG,
    entries_total=42,
    evaluations=131,
    probes=("random 1", "random 2", "random 3"),
    understood={"step": 24, "loss": {"name": "cost"}},
    reading={
        "step": "line 24: `for epoch in range(9):`",
        "loss": "cost, line 31 (as given)",
        "assumed": "np is the module numpy; x is made up: random numbers of shape (5, 3)",
    },
    checks=(
        _along("W1", verdict="wrong", relative=2.0, ratio=-1.0, cosine=-1.0, reason="it is minus"),
        _along("W2"),
    ),
    findings=(
        replace(
            REVERSED,
            location=Location(file="post.txt", line=9, column=12, end_line=9, end_column=18),
            excerpts=(
                Excerpt(line=9, text="\td = h * (y - p)  # 🎲", column=11, end_column=16),
                Excerpt(line=10, text=_NARROW, column=60, end_column=66),
                Excerpt(line=10, text=_NARROW, column=72, end_column=75),
            ),
            derivation="Rule\nDifferentiate by the prediction.\n    dL/dp = p - y",
        ),
    ),
    remarks=("the gradients are those of the squared error",),
)

REPORTS = {
    "clean": report(CLEAN),
    "failing": report(FAILING, remarks=("2 of 3 files were not configs and were passed over",)),
    "undecided": report(UNDECIDED),
    "error": report(ERROR),
    "odd": report(ODD),
    "empty": report(),
    "expected": report(EXPECTED),
    "unexpected": report(UNEXPECTED),
    "accepted": report(ACCEPTED),
    "stray": report(STRAY),
    "pasted": report(PASTED),
    "several": report(CLEAN, FAILING, UNDECIDED, ERROR, EXPECTED, UNEXPECTED),
}


@pytest.fixture
def reports() -> dict[str, Report]:
    """Give all reports by case, where a test needs particular ones."""
    return REPORTS


@pytest.fixture(params=REPORTS)
def case(request: pytest.FixtureRequest) -> str:
    """Run the test for every case."""
    name: str = request.param
    return name
