"""The stretches of the joined weight are cut in one order and put together in another.

## Rule
Both passes have the same order.

    z = [z_i, z_f, z_g, z_o] = x W + h U + b
    dz = [dz_i, dz_f, dz_g, dz_o]

## Symptom
The weights' columns of two or more gates have changed places, and all layers below are wrong.

## Cause
Every text has its own order: i f g o, i f o g, f i g o, r z g, z r g.

## Fix
Join in the order of the forward pass.

## Hidden when
Never.

## Sources
Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), appendix A.1, where nothing is
joined: the order is a convention, see `lstm` and `gru` for this program's.
"""

from collections.abc import Sequence

from gradcheck.array import Array
from gradcheck.fault import Fault, Site
from gradcheck.faults._through_time import Through, spoiled
from gradcheck.op import Gradients

OWN = {"lstm": "i f g o", "gru": "r z g"}
ORDERS = {"lstm": ("i f o g", "f i g o", "f i o g", "i g f o"), "gru": ("z r g", "r g z")}


class _Shuffled(Through):
    def joined(self, parts: Sequence[Array]) -> Array:
        names = OWN[self.site.op.name].split()
        order = (self.site.choice or "").split()
        return super().joined([parts[names.index(name)] for name in order])


def choices(site: Site) -> list[str]:
    return list(ORDERS.get(site.op.name, ()))


def inject(site: Site) -> Gradients | None:
    return spoiled(site, _Shuffled) if site.choice else None


FAULT = Fault(
    code="LST11",
    slug="gates-in-another-order",
    title="the gates' gradients are joined in another order than the forward pass has them",
    family="LSTM and GRU",
    doc=__doc__,
    wrong="dz = np.concatenate([di, df, do, dg], axis=1)",
    right="dz = np.concatenate([di, df, dg, do], axis=1)",
    choices=choices,
    inject=inject,
    repairs=("swap-operands",),
)
