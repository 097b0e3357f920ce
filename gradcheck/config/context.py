"""What the making of claims is given, and what it makes."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import field
from typing import TYPE_CHECKING, TypeAlias

from gradcheck.catalogue import Catalogue
from gradcheck.config.records import Section
from gradcheck.fault import Fault
from gradcheck.network.evaluation import Evaluation
from gradcheck.network.graph import Network
from gradcheck.op import Op
from gradcheck.problem import Claims, Fact, Probe
from gradcheck.record import record
from gradcheck.report import Location
from gradcheck.settings import Policy

if TYPE_CHECKING:
    from gradcheck.claims.formulas import Formulas

Claimant: TypeAlias = Callable[[Sequence[Probe]], Sequence[Claims]]
Draw: TypeAlias = Callable[[int, int], Probe]


@record
class Workshop:
    """What the making of ops may need: those of the catalogue, and leave to run Python."""

    ops: Catalogue[Op]
    policy: Policy
    stack: ExitStack


@record
class Claimed:
    """Where the claims come from, and what is known of them.

    `dumped` says that they hold at the config's own point alone and can't be recomputed; `inputs`
    are those that gradients are claimed for. `facts` and `afresh` are as in `problem.Problem`.
    """

    claimant: Claimant
    dumped: bool = False
    inputs: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    remarks: tuple[str, ...] = ()
    afresh: Callable[[Probe], Claims] | None = None
    locations: Mapping[str, Location] = field(default_factory=dict)
    formulas: "Formulas | None" = None


@record
class Context:
    """What the making of claims needs to know of the rest of the config."""

    config: Section
    network: Network
    evaluation: Evaluation
    own: Probe
    ops: Catalogue[Op]
    faults: Catalogue[Fault]
    policy: Policy
    stack: ExitStack
