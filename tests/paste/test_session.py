"""The use case of pasted code: what is asked of the child, and what the report says."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from gradcheck.errors import GradcheckError
from gradcheck.paste import session
from gradcheck.paste.reading.read import read
from gradcheck.paste.sandbox.launch import call
from gradcheck.paste.selection import At, SelectionError, chosen
from gradcheck.paste.session import Request, run
from gradcheck.report import ALONG, ProblemReport, Report
from gradcheck.reporter import Style
from gradcheck.reporters import github, junit, text
from gradcheck.reporters import json as json_reporter

SECOND = """
And this is what my friend wrote:

import numpy as np
w = np.array([0.3, -0.7])
x = np.array([[1.5, 2.5], [0.5, -1.5], [2.0, 0.25]])
y = np.array([1.0, 2.0, 3.0])
for step in range(30):
    r = x @ w - y
    cost = np.mean(r ** 2)
    w -= 0.01 * 2 * x.T @ r / len(y)
"""

NETWORK = """\
import numpy as np

class Net:
    def __init__(self):
        gen = np.random.RandomState(5)
        self.w = gen.randn(3, 2)
        self.rate = 0.1

    def forward(self, x):
        self.x = x
        self.out = 1 / (1 + np.exp(-x @ self.w))
        return self.out

    def backward(self, error):
        self.w -= self.rate * np.outer(self.x, error * self.out * (1 - self.out))

gen = np.random.RandomState(7)
net = Net()
for x, t in zip(gen.randn(11, 3), gen.randint(0, 2, (11, 2))):
    out = net.forward(x)
    net.backward(out - t)
"""

VARIANT = """
and with this backward it trains as well, so which one is wrong?

def backward(self, error):
    self.w -= self.rate * np.outer(self.x, error)
"""


@pytest.fixture(scope="module")
def wrong(wrong_post: str) -> Report:
    return run(Request(text=wrong_post, name="post.txt"))


@pytest.fixture(scope="module")
def right(right_post: str) -> Report:
    return run(Request(text=right_post, name="post.txt"))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """Collect what would be asked of the child, which answers nothing."""
    found: list[Mapping[str, Any]] = []

    def call(service: str, request: Mapping[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        found.append(request)
        return {"steps": [], "failures": [], "loops": [], "refused": None, "assumptions": []}

    monkeypatch.setattr(session, "call", call)
    return found


def only(report: Report) -> ProblemReport:
    (problem,) = report.problems
    return problem


def test_what_the_user_says_is_asked_in_lines_of_the_program(
    right_post: str, asked: list[Mapping[str, Any]]
) -> None:
    wishes = {"step": At(line=12), "loss": "np.sum(P)", "parameters": ("W1", "W2")}
    run(Request(text=right_post, name="x", values={"lr": "0.01"}, **wishes))  # type: ignore[arg-type]
    (request,) = asked
    rows = str(request["source"]).split("\n")
    assert rows[request["step"] - 1] == "for epoch in range(40):"
    assert request["loss"] == "np.sum(P)"
    assert request["parameters"] == ["W1", "W2"]
    assert request["set"] == {"lr": "0.01"}


def test_what_was_not_said_is_not_asked(right_post: str, asked: list[Mapping[str, Any]]) -> None:
    run(Request(text=right_post, name="x"))
    assert asked[0].keys() == {"source", "set"}


def test_a_line_or_a_number_picks_the_program(
    right_post: str, asked: list[Mapping[str, Any]]
) -> None:
    both = right_post + SECOND
    line = both[: both.index("for step")].count("\n") + 1
    for request in (
        Request(text=both, name="x", program=2),
        Request(text=both, name="x", step=At(line=line)),
    ):
        (problem,) = run(request).problems
        assert problem.name == "x#2"
    assert all("for step" in str(request["source"]) for request in asked)


@pytest.mark.parametrize(
    ("number", "at", "message"),
    [
        (3, None, "there is no program 3: there are 1, lines 3 to 20; 2, lines 24 to 31"),
        (None, At(line=22), "no program has line 22: there are 1, lines"),
        (1, At(line=26), "no program has line 26: there is one, lines 3 to 20"),
    ],
)
def test_a_program_that_is_not_there_is_an_error_with_those_that_are(
    number: int | None, at: At | None, message: str, right_post: str
) -> None:
    with pytest.raises(SelectionError) as error:
        chosen(read(right_post + SECOND), number, at)
    assert message in str(error.value)


def test_a_name_to_set_that_is_not_there_is_an_error_with_those_that_are(right_post: str) -> None:
    with pytest.raises(SelectionError) as error:
        run(Request(text=right_post, name="x", values={"lrr": "0.1"}))
    assert str(error.value).startswith(
        "--set: the code has no name 'lrr'; did you mean 'lr'? It has"
    )
    assert "W1, W2" in str(error.value)


def test_a_notebooks_lines_are_given_with_their_cells() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": ["import numpy as np\n", "w = np.ones(3)"]},
        {"cell_type": "code", "source": ["for k in range(5):\n", "    w -= 0.1 * w"]},
    ]
    post = read(json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}))
    (found,) = chosen(post, None, At(line=2, cell=2))
    assert found.step is not None
    assert found.program.places[found.step - 1].given.strip() == "w -= 0.1 * w"
    with pytest.raises(SelectionError, match="in a notebook a line is written CELL:LINE"):
        chosen(post, None, At(line=2))


def test_text_without_a_program_is_an_error() -> None:
    problem = only(run(Request(text="Nothing but prose, I'm afraid.", name="post.txt")))
    assert problem.verdict == "error"
    assert problem.message == "no program was found in this text"


def test_the_part_of_numpy_that_takes_all_others_along_is_there(right_post: str) -> None:
    text = right_post.replace("numpy as np", "numpy.matlib\nimport numpy as np").replace(
        "lr = 0.03", "lr = 0.03 * float(np.matlib.ones(1)[0, 0])"
    )
    assert only(run(Request(text=text, name="post.txt"))).verdict == "right"


def test_where_there_is_no_sandbox_nothing_runs(
    right_post: str, monkeypatch: pytest.MonkeyPatch, asked: list[Mapping[str, Any]]
) -> None:
    monkeypatch.setattr(session, "available", lambda: "this is a toaster")
    with pytest.raises(GradcheckError, match=r"toaster; --no-sandbox runs the code"):
        run(Request(text=right_post, name="x"))
    assert asked == []
    run(Request(text=right_post, name="x", sandboxed=False))
    assert len(asked) == 1


def test_a_right_program_says_what_was_checked(right: Report) -> None:
    problem = only(right)
    assert problem.verdict == "right"
    assert problem.mode == ALONG
    assert problem.entries_total == 25
    assert "they are those of `loss`, to within" in problem.remarks[0]
    written = text.render(right, Style())
    assert "25 entries, together along" in written
    assert "-/0/" not in written
    assert github.render(right, Style()) == ""


def test_what_was_understood_is_told_as_data_and_in_words(right: Report) -> None:
    problem = only(right)
    assert problem.understood is not None
    assert problem.understood["step"] == 12
    assert problem.understood["parameters"] == {"W1": [3, 5], "W2": [5, 2]}
    assert problem.understood["loss"]["line"] == 15
    assert problem.understood["rate"]["value"] == 0.03
    assert problem.understood["given"] == []
    assert problem.reading["step"] == "line 12: `for epoch in range(40):`"
    assert problem.reading["parameters"] == "W1 (3, 5), W2 (5, 2)"
    assert problem.reading["loss"] == "loss, line 15: `0.5 * np.sum((P - Y) ** 2)`"
    assert problem.reading["rate"] == "lr = 0.03"


def test_a_finding_marks_its_place_in_every_format(wrong: Report) -> None:
    (finding,) = only(wrong).findings
    (excerpt,) = finding.excerpts
    assert (excerpt.line, excerpt.text) == (16, "    dP = Y - P")
    assert excerpt.text[excerpt.column - 1 : excerpt.end_column - 1] == "Y - P"
    assert "16 |     dP = Y - P\n       |          ^^^^^\n" in text.render(wrong, Style())
    assert "line=16,endLine=16,col=10," in github.render(wrong, Style())
    assert "at post.txt:16:10" in junit.render(wrong, Style())
    as_json = json.loads(json_reporter.render(wrong, Style()))["problems"][0]
    assert as_json["findings"][0]["location"]["line"] == 16
    assert as_json["understood"]["loss"]["basis"] == "written"


def test_what_was_given_by_hand_is_marked(right_post: str) -> None:
    request = Request(
        text=right_post,
        name="x",
        loss="0.5 * np.mean((P - Y) ** 2)",
        step=At(line=14),
        values={"lr": "0.01"},
    )
    problem = only(run(request))
    assert problem.verdict == "right"
    assert problem.understood is not None
    assert problem.understood["given"] == ["step", "loss", "set"]
    assert problem.understood["rate"]["value"] == 0.01
    assert "lr is 0.01, as told" in problem.reading["assumed"]
    assert problem.reading["step"].endswith("(as given)")
    assert problem.reading["loss"].endswith("(as given)")
    assert "26 times" in problem.reading["rate"]


def test_a_name_that_is_no_loss_is_an_error_with_those_that_are(right_post: str) -> None:
    problem = only(run(Request(text=right_post, name="x", loss="lost")))
    assert problem.verdict == "error"
    assert "--loss" in str(problem.message)
    assert "found 'lost'; found in this program: loss" in str(problem.message)


def test_two_right_programs_for_two_losses_are_said_to_be_that() -> None:
    report = run(Request(text=NETWORK + VARIANT, name="post.txt"))
    assert [problem.verdict for problem in report.problems] == ["right", "right"]
    (remark,) = [remark for remark in report.remarks if "neither is wrong" in remark]
    assert "the first to the squared error, the second to the binary cross-entropy" in remark


def test_two_right_programs_for_one_loss_are_no_matter_for_a_remark(right_post: str) -> None:
    report = run(Request(text=right_post + SECOND, name="post.txt"))
    assert [problem.verdict for problem in report.problems] == ["right", "right"]
    assert not any("neither is wrong" in remark for remark in report.remarks)


UNUSUAL = """\
import numpy as np
gen = np.random.RandomState(3)
x, y = gen.randn(23, 3), gen.randn(23, 1)
w, b, v = gen.randn(3, 5), gen.randn(5), gen.randn(5, 1)
for k in range(100):
    h = np.tanh(x @ w + b)
    o = h @ v
    d = (np.exp(o - y) - np.exp(0.5 * (y - o))) / len(x)
    dh = d @ v.T * (1 - h ** 2)
    v -= 0.1 * h.T @ d
    w -= 0.1 * x.T @ dh
    b -= 0.1 * dh.sum(axis=0)
"""


def test_what_is_the_gradient_of_no_usual_loss_is_not_accused() -> None:
    written = "    loss = np.mean(np.exp(o - y) + 2 * np.exp(0.5 * (y - o)))\n    d ="
    (own,) = run(Request(text=UNUSUAL, name="post.txt")).problems
    (told,) = run(Request(text=UNUSUAL.replace("    d =", written), name="post.txt")).problems
    assert (own.verdict, told.verdict) == ("undecided", "right")
    assert own.findings == ()
    assert all("--loss" in str(check.reason) for check in own.checks)


def test_without_a_written_loss_a_mistake_in_all_gradients_needs_a_repair_to_be_one() -> None:
    text = UNUSUAL.replace("(np.exp(o - y) - np.exp(0.5 * (y - o)))", "(o - y) * (1 - o)")
    (problem,) = run(Request(text=text, name="post.txt")).problems
    assert problem.verdict == "wrong"
    (finding,) = problem.findings
    assert finding.fix is not None
    assert finding.fix.applicability == "verified"


def test_the_place_of_a_mistake_stands_when_the_search_for_its_repair_is_cut_off(
    right_post: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, part = "    dW1 = X.T @ (dP @ W2.T * (1 - H ** 2))\n", "    dZ = dP @ W2.T * (1 - H)\n"
    assert whole in right_post
    post = right_post.replace(whole, f"{part}    dW1 = X.T @ dZ\n")

    def cut_off(*given: Any, **named: Any) -> Any:
        call(*given, **named)
        raise GradcheckError("it took too long")

    monkeypatch.setattr(session, "call", cut_off)
    (problem,) = run(Request(text=post, name="post.txt")).problems
    (finding,) = problem.findings
    assert problem.verdict == "wrong"
    assert finding.location is not None
    assert post.splitlines()[finding.location.line - 1] == part.rstrip()


TOLD = """
Nobody calls my functions yet, but are the derivatives right? One column is one example:
`A`: (n, N), `goal`: (1, N), `u`: (h, n), `s`: (h, 1), `v`: (1, h), `t` is a float

def output(A, u, s, v, t):
    H = np.tanh(u @ A + s)
    return H, v @ H + t

def squared_cost(goal, out):
    return np.sum((out - goal) ** 2) / (2 * goal.size)

def descend(A, goal, u, s, v, t, eps, rounds):
    for turn in range(rounds):
        H, out = output(A, u, s, v, t)
        e = (out - goal) / goal.size
        back = (v.T @ e) * (1 - H ** 2)
        u, s = u - eps * back @ A.T, s - eps * back.sum(axis=1, keepdims=True)
        v, t = v - eps * e @ H.T, t - eps * e.sum()
    return u, s, v, t, squared_cost(goal, output(A, u, s, v, t)[1])
"""


def test_shapes_that_the_prose_states_are_those_of_the_data() -> None:
    (right,) = run(Request(text=TOLD, name="post.txt")).problems
    assert right.verdict == "right"
    shapes = {check.parameter: check.shape for check in right.checks}
    (hidden, inputs), one = shapes["u"], 1
    assert shapes == {"u": (hidden, inputs), "s": (hidden, one), "v": (one, hidden), "t": ()}


def test_what_is_wrong_in_functions_that_nobody_calls_is_mended() -> None:
    text = TOLD.replace("(1 - H ** 2)", "(1 - H)")
    (wrong,) = run(Request(text=text, name="post.txt")).problems
    assert {c.parameter for c in wrong.checks if c.verdict == "wrong"} == {"u", "s"}
    (finding,) = wrong.findings
    assert finding.location is not None
    assert "(1 - H)" in text.splitlines()[finding.location.line - 1]
    assert finding.fix is not None
