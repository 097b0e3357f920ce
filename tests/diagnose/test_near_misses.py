"""Claims that are off by a hair: wrong, but by no mistake that is known."""

from pathlib import Path

from gradcheck.session import Request, Target, run

CONFIG = """\
network:
  inputs: {x: [3]}
  layers:
    - output: {dense: {units: 1, bias: false}}
    - squashed: sigmoid
loss: {huber: {delta: 1.0, reduction: sum}}
data:
  x: [[0.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]]
  y: [[0.0], [0.0], [1.0], [1.0]]
parameters:
  output.weight: [[0.3994062024526961], [0.35426018243119006], [0.00011162956674498398]]
gradients:
  values:
    output.weight: [[-0.16608816055608455], [0.07277012194029642], [0.10132048800121272]]
"""


def test_a_gradient_that_is_off_by_a_hair_is_blamed_on_no_fault(tmp_path: Path) -> None:
    """An explanation that changes nothing is none: claims are off by 1e-10 of themselves here."""
    path = tmp_path / "hair.yaml"
    path.write_text(CONFIG)
    (problem,) = run(Request(targets=[Target(path=path, name="hair.yaml")])).problems
    assert problem.verdict == "wrong"
    assert [finding.code for finding in problem.findings] == ["GRD01"]
