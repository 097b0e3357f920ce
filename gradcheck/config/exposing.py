"""Inputs that are differentiated by: which they are, and the problem in which they can be."""

from gradcheck.config.claims import asked
from gradcheck.config.context import Claimant, Claimed, Context, Draw
from gradcheck.config.wording import nearest
from gradcheck.errors import ConfigError
from gradcheck.network.exposed import expose, exposed, restored
from gradcheck.network.forward import run
from gradcheck.network.graph import Network


def exposing(context: Context, claimed: Claimed, draw: Draw) -> tuple[Network, Draw, Claimant]:
    """Return the network, its probes and the claims with the claimed inputs as parameters.

    Raises ConfigError for what is no input, and for inputs that no small change can be made to.
    """
    names = _chosen(context, claimed)
    return (
        expose(context.network, names),
        lambda number, attempt: exposed(draw(number, attempt), names),
        lambda probes: claimed.claimant([restored(probe, names) for probe in probes]),
    )


def _chosen(context: Context, claimed: Claimed) -> tuple[str, ...]:
    """Return the inputs whose gradients are claimed or asked for."""
    network, wanted = context.network, asked(context.config)
    for number, name in enumerate(wanted):
        if name not in network.inputs:
            why = "; it is the loss's target" if name == network.target else ""
            node = context.config["check"].item("inputs", number)
            raise context.config.source.error(
                f"the network has no input {name!r}{why or nearest(name, network.inputs)}", node
            )
    names = tuple(name for name in network.inputs if name in wanted or name in claimed.inputs)
    for name in names:
        reason = _constant(context, name)
        if reason is not None:
            raise _refused(context, claimed, name, reason)
    return names


def _constant(context: Context, name: str) -> str | None:
    """Say why the loss can't be differentiated by an input, if it can't."""
    network = context.network
    if name == network.target:
        return "it is the loss's target as well, which is given, not moved"
    takers = [node for node in network.steps if name in node.inputs]
    trace = run(network, context.own.parameters, context.own.data) if takers else None
    for node in takers:
        if trace is None or node.op.own:
            continue
        found = node.op.backward(trace.values[node.name] * 0.0, trace.caches[node.name]).inputs
        if found[node.inputs.index(name)] is None:
            return f"{node.op.name} at {node.name!r} takes whole numbers, which don't move a little"
    return None


def _refused(context: Context, claimed: Claimed, name: str, reason: str) -> ConfigError:
    """Make the error, at the claim or where the check was asked for."""
    message = f"there is no gradient by the input {name!r}: {reason}"
    place = claimed.locations.get(name)
    if place is not None:
        return ConfigError(message, place.file, place.line, place.column)
    config = context.config
    if name in asked(config):
        section = config["check"]
        return section.error(message, "inputs")  # type: ignore[no-any-return]
    return config["gradients"].error(message)  # type: ignore[no-any-return]
