"""The grammar of a config: every key, its form and what it is for."""

from typing import Any

from gradcheck.catalogue import Catalogue
from gradcheck.config.budget import BudgetForm
from gradcheck.config.forms import (
    MAX_AXES,
    Choice,
    Form,
    Items,
    Number,
    Numbers,
    Schema,
    Text,
    expected,
)
from gradcheck.config.ops import NamedItems, OpForm
from gradcheck.config.records import Entries, Field, Record, Section
from gradcheck.config.sources import SOURCE
from gradcheck.config.text import Node, Source
from gradcheck.op import Op
from gradcheck.record import record
from gradcheck.settings import AS_BUDGET, BUDGETS, MAX_POINTS, Settings

TOP_KEYS = ("network", "loss", "gradients")
"""A file in a folder that has none of these is not taken for a config."""


_NAMES = Items(form=Text(what="a name"), single=True)

_SOME_NAMES = Items(form=Text(what="a name"), single=True, shortest=1)

_SHAPE = Items(form=Number(integer=True, minimum=1), single=True, longest=MAX_AXES)


@record
class DataForm:
    """The batch size, and a source for every input and target by its name."""

    batch: Form = Number(integer=True, minimum=1)

    def read(self, node: Node, source: Source) -> Section:
        if node.kind != "mapping":
            raise expected(source, node, "a mapping (a source for every input and target)")
        section = Section(source=source, node=node)
        for key, value in node.pairs:
            form = self.batch if key.text == "batch" else SOURCE
            section.put(key, value, form.read(value, source))
        return section

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {"batch": {**self.batch.schema(), "description": "number of samples m"}},
            "additionalProperties": SOURCE.schema(),
        }


def _network(ops: Catalogue[Op]) -> Record:
    layer = OpForm(
        ops=ops,
        kinds=("layer", "activation"),
        beside={
            "inputs": Field(form=_SOME_NAMES, doc="what it takes; by default the layer before it"),
            "share": Field(
                form=Entries(form=Text(what="a parameter"), what="a mapping from own to shared"),
                doc="parameters of earlier layers to use, {weight: other.weight} or other.weight.T",
            ),
        },
    )
    return Record(
        what="network",
        fields={
            "inputs": Field(
                form=Entries(form=_SHAPE, what="a mapping from each input to its shape"),
                doc="each input and the shape of one sample, {x: [2]}",
                required=True,
            ),
            "layers": Field(
                form=NamedItems(form=layer),
                doc="the layers in order, each '- NAME: OP'",
                required=True,
            ),
        },
    )


def _loss(ops: Catalogue[Op]) -> OpForm:
    return OpForm(
        ops=ops,
        kinds=("loss",),
        extras={
            "reduction": Field(
                form=Choice(words=("sum", "batch_mean", "element_mean", "active_mean")),
                doc="sum of all terms, divided by nothing, the batch size (as by default), the "
                "number of terms, or that of those that are no padding",
            ),
            "scale": Field(form=Number(), doc="the loss is multiplied by this", default=1.0),
            "offset": Field(form=Number(), doc="this is added to the loss", default=0.0),
            "prediction": Field(
                form=Text(what="a layer"), doc="what is compared; by default the last layer"
            ),
            "target": Field(form=Text(what="a name"), doc="the target's name in data", default="y"),
        },
    )


def _regularization(ops: Catalogue[Op]) -> Items:
    strengths = {
        op.name: Field(form=Number(), doc=f"strength of {op.name}: {op.title}")
        for op in ops.all().values()
        if op.kind == "regularizer"
    }
    fields = {
        **strengths,
        "factor": Field(form=Number(), doc="factor beside the strength; ½ for l2, else 1"),
        "reduction": Field(
            form=Choice(words=("sum", "batch_mean")),
            doc="whether it is divided by the batch size",
            default="sum",
        ),
        "parameters": Field(
            form=_SOME_NAMES,
            doc="which parameters, * for any text; by default all but biases and initial states",
        ),
    }
    return Items(form=Record(what="regularization", fields=fields), single=True)


def _gradients() -> Record:
    return Record(
        what="gradients",
        fields={
            "backward": Field(form=Text(what="formulas"), doc="hand-derived formulas, one a line"),
            "python": Field(
                form=Text(what="FILE.py:NAME or PACKAGE.MODULE:NAME"),
                doc="a Python function (params, inputs, targets) -> gradients",
            ),
            "file": Field(form=Text(what="a file name"), doc="a .npz or .json file of gradients"),
            "values": Field(
                form=Entries(form=Numbers(), what="a mapping from parameters to numbers"),
                doc="the gradients themselves, an array for each parameter",
            ),
            "faults": Field(form=_NAMES, doc="our own backprop with these faults: CODE[@node]"),
            "layout": Field(
                form=Choice(words=("in_out", "out_in")), doc="how claimed weights are laid out"
            ),
            "dtype": Field(
                form=Choice(words=("float64", "float32", "float16")),
                doc="the precision in which they were computed, where the numbers do not tell",
            ),
            "names": Field(
                form=Entries(form=Text(what="a parameter"), what="a mapping from names"),
                doc="from the claimed names to the parameters'",
            ),
            "update": Field(
                form=Choice(words=("-=", "+=")),
                doc="how the claimed quantity is applied; += for the negative gradient",
                default="-=",
            ),
            "scale": Field(
                form=Choice(words=("exact", "free")),
                doc="free: one positive factor common to all parameters is right",
                default="exact",
            ),
            "only": Field(form=_SOME_NAMES, doc="the parameters that gradients are claimed for"),
            "accept": Field(
                form=Entries(
                    form=Text(what="a reason"), what="a mapping from parameters to reasons"
                ),
                doc="deviations that are intended, with the reason",
            ),
        },
    )  # fmt: skip


def _check() -> Record:
    default = Settings()
    return Record(
        what="check",
        fields={
            "mode": Field(
                form=Choice(words=("quick", "full", "exhaustive")), doc="how much to check"
            ),
            "method": Field(
                form=Choice(words=("auto", "complex_step", "differences")),
                doc="which numeric oracle decides",
            ),
            "points": Field(
                form=Number(integer=True, minimum=1, maximum=MAX_POINTS),
                doc=f"how many probes, the given point included; {default.points} by default",
            ),
            "budget": Field(
                form=BudgetForm(),
                doc=f"the most work: {AS_BUDGET}; {BUDGETS['full']} in full mode by default",
            ),
            "inputs": Field(
                form=_SOME_NAMES,
                doc="inputs whose gradients are checked as well; those claimed are in any case",
            ),
            "power": Field(
                form=Number(minimum=0, maximum=1),
                doc="the least share of known faults that the check must be able to see, or it is "
                "undecided; 'gradcheck power' shows what is hidden",
            ),
            "rtol": Field(
                form=Number(minimum=0),
                doc="pass differences below this fraction of a parameter's largest entry",
            ),
            "memory": Field(
                form=Number(above=0), doc="refuse networks estimated above this many GiB", default=4
            ),
        },
    )  # fmt: skip


EXPECT = Record(
    what="expect",
    fields={
        "verdict": Field(
            form=Choice(words=("right", "wrong", "undecided", "error")),
            doc="the verdict that is expected",
            default="right",
        ),
        "wrong": Field(form=_NAMES, doc="exactly these parameters are wrong"),
        "codes": Field(form=_NAMES, doc="exactly these error codes are found"),
    },
)


def grammar(ops: Catalogue[Op]) -> Record:
    """Return the form of a whole config."""
    return Record(
        what="the config",
        fields={
            "name": Field(form=Text(), doc="what reports call it; the file's name by default"),
            "seed": Field(
                form=Number(integer=True, minimum=0), doc="seed of everything random", default=0
            ),
            "network": Field(form=_network(ops), doc="inputs and layers", required=True),
            "loss": Field(
                form=_loss(ops), doc="what is minimised, such as squared_error", required=True
            ),
            "regularization": Field(form=_Late(ops=ops), doc="l1 and l2 penalties"),
            "data": Field(form=DataForm(), doc="where inputs and targets come from", required=True),
            "parameters": Field(
                form=Entries(form=SOURCE, what="a mapping from parameters to their values"),
                doc="initial values by parameter; * stands for any text, the last match counts",
            ),
            "gradients": Field(form=_gradients(), doc="whose gradients are checked"),
            "check": Field(form=_check(), doc="how they are checked"),
            "expect": Field(form=EXPECT, doc="what --expect asks for"),
        },
    )


@record
class _Late:
    """The form of `regularization`, which loads all ops; made only where the key is used."""

    ops: Catalogue[Op]

    def read(self, node: Node, source: Source) -> Any:
        return _regularization(self.ops).read(node, source)

    def schema(self) -> Schema:
        return _regularization(self.ops).schema()
