"""What the faults of losses are built on: backward passes of their own, right where unspoiled."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from gradcheck.fault import Site
from gradcheck.faults._probabilities import (
    labels,
    probability,
    relabelled,
    targets,
    through_softmax,
    weighted,
)
from gradcheck.faults.losses._hinge import Hinge
from gradcheck.network.planted import Reference
from gradcheck.op import Gradients


def found(references: Mapping[str, Reference], *names: str) -> Iterator[Site]:
    """Yield every site of the named ops in the small networks, of which there are two at least."""
    sites = [s for r in references.values() for s in r.sites.values() if s.op.name in names]
    assert len(sites) > 1
    yield from sites


def assert_right(site: Site, gradients: Gradients | None) -> None:
    assert gradients is not None
    (ours, *_), (right, *_) = gradients.inputs, site.gradients.inputs
    assert ours is not None
    assert right is not None
    np.testing.assert_allclose(ours, right, rtol=1e-12, atol=1e-15)


def test_an_unspoiled_hinge_has_the_ops_gradient(references: Mapping[str, Reference]) -> None:
    for site in found(references, "hinge", "multiclass_hinge"):
        assert_right(site, Hinge(site).gradients())


def test_an_unspoiled_cross_entropy_has_the_ops_gradient(
    references: Mapping[str, Reference],
) -> None:
    for site in found(references, "cross_entropy"):
        p, q = probability(site), targets(site)
        by_logit = p * q.sum(axis=-1, keepdims=True) - q
        assert_right(site, weighted(site, by_logit if site.options["from"] == "logits" else -q / p))


def test_an_unspoiled_binary_cross_entropy_has_the_ops_gradient(
    references: Mapping[str, Reference],
) -> None:
    for site in found(references, "binary_cross_entropy"):
        p, y = probability(site), site.inputs[1]
        slope = 1 if site.options["from"] == "logits" else p * (1 - p)
        assert_right(site, weighted(site, (p - y) / slope))


def test_a_softmax_is_passed_as_the_op_does(references: Mapping[str, Reference]) -> None:
    for site in found(references, "softmax"):
        assert_right(site, site.with_first(through_softmax(site.output, site.upstream)))


@pytest.mark.parametrize(
    "loss", ["cross_entropy", "negative_log_likelihood", "multiclass_hinge", "categorical_hinge"]
)
def test_the_same_labels_again_change_nothing(
    loss: str, references: Mapping[str, Reference]
) -> None:
    for site in found(references, loss):
        assert_right(site, relabelled(site, labels(site)))
