"""The loss that a config describes, and the data that it and the network's inputs need."""

from collections.abc import Collection, Mapping

from gradcheck.array import Shape
from gradcheck.config.data import target_shape
from gradcheck.config.names import check_name
from gradcheck.config.ops import OpUse
from gradcheck.config.records import Section
from gradcheck.config.wording import nearest
from gradcheck.network.build import LayerError, attach_loss
from gradcheck.network.graph import Loss


def objective(
    config: Section, inputs: Mapping[str, Shape], nodes: Mapping[str, Shape]
) -> tuple[Loss, dict[str, Shape]]:
    """Attach the loss, and settle the shape of everything in `data`."""
    use, data = config["loss"], config["data"]
    prediction = use.extras["prediction"] or list(nodes)[-1]
    if prediction not in nodes:
        raise use.extras.error(
            f"there is no layer {prediction!r}{nearest(prediction, nodes)}", "prediction"
        )
    target = _target(use, nodes)
    _complete(data, inputs, target)
    known = {**inputs, **nodes}
    shape = known.get(target) or target_shape(data[target], known[prediction], use.op, use.options)
    if use.extras["reduction"] == "active_mean" and use.op.active is None:
        raise use.extras.error(
            f"active_mean leaves out padding, and {use.op.name} knows none; say element_mean",
            "reduction",
        )
    try:
        loss = attach_loss(
            op=use.op,
            options=use.options,
            prediction=prediction,
            target=target,
            shapes={**known, target: shape},
            reduction=use.extras["reduction"],
            scale=use.extras["scale"],
            offset=use.extras["offset"],
        )
    except LayerError as error:
        raise config.source.error(str(error), use.node) from None
    return loss, {**inputs, **({} if target in known else {target: shape})}


def _target(use: OpUse, nodes: Collection[str]) -> str:
    """Return the target's name, once it is known to be fit for one."""
    target: str = use.extras["target"]
    node = use.extras.nodes.get("target", use.node)
    check_name(use.extras.source, node, target, "the target")
    if target in nodes:
        raise use.extras.source.error(
            f"{target!r} names both a layer and the loss's target; rename one, "
            "with target: NAME in the loss for the target", node,
        )  # fmt: skip
    return target


def _complete(data: Section, inputs: Collection[str], target: str) -> None:
    """Demand a source for every input and the target, and for nothing else."""
    roles = {target: "the loss's target", **dict.fromkeys(inputs, "an input of the network")}
    for name, role in roles.items():
        if name not in data:
            raise data.error(f"data lacks {name!r}, {role}; add {name}: {{normal: [0, 1]}} or such")
    for name in data.keys:
        if name not in roles and name != "batch":
            raise data.source.error(
                f"{name!r} is neither an input of the network nor the loss's target"
                f"{nearest(name, roles)}", data.keys[name],
            )  # fmt: skip
