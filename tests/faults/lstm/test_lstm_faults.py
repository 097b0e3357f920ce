"""The faults of LSTMs and GRUs against their wrong formulas, written by hand in plain NumPy."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

Edits: TypeAlias = tuple[tuple[str, str], ...]

CELL = "d_c = d_c + d_s * o * (1 - tanh_c**2)"

LSTM: dict[str, Edits] = {
    "LST03": ((CELL, "d_c = d_c + d_s * o"),),
    "LST04": ((CELL, CELL.replace("tanh_c**2", "np.tanh(tanh_c) ** 2")),),
    "LST05": (("d_o = d_s * tanh_c", "d_o = d_s * c[t + 1]"),),
    "LST06": (("d_f = d_c * c[t]", "d_f = d_c * c[t + 1]"),),
    "LST07": (("d_i = d_c * g", "d_i = d_c * i"), ("d_g = d_c * i", "d_g = d_c * g")),
    "LST08": (("d_f * f * (1 - f)", "d_f"),),
    "LST08 half": (("d_f * f * (1 - f)", "d_f * f"),),
    "LST09": (("d_i * i * (1 - i)", "d_i"),),
    "LST09 half": (("d_i * i * (1 - i)", "d_i * i"),),
    "LST09 of the output": (("d_o * o * (1 - o)", "d_o"),),
    "LST10": (("d_g * (1 - g**2)", "d_g * g * (1 - g)"),),
    "LST10 at z": (
        ("gates.append((i, f, g, o))", "gates.append((i, f, g, o, 1 / (1 + np.exp(-z[:, 6:9]))))"),
        ("i, f, g, o = gates[t]", "i, f, g, o, e = gates[t]"),
        ("d_g * (1 - g**2)", "d_g * e * (1 - e)"),
    ),
    "LST11": (("[z_i, z_f, z_g, z_o]", "[z_i, z_f, z_o, z_g]"),),
    "LST11 forget first": (("[z_i, z_f, z_g, z_o]", "[z_f, z_i, z_g, z_o]"),),
    "LST12": (("da += dz.sum(axis=0)", "da += np.hstack([z_i, z_i, z_g, z_o]).sum(axis=0)"),),
    "LST13": (("d_c = d_c * f", "d_c = d_c * 1"),),
    "LST13 the other gate": (("d_c = d_c * f", "d_c = d_c * i"),),
    "LST14": (("d_states[:, :3], d_states[:, 3:]", "d_states[:, :3], 0 * d_states[:, 3:]"),),
    "LST15": (("d_h[t] = dz @ V.T", "d_h[t] = dz @ R.T"), ("d_s = dz @ R.T", "d_s = dz @ V.T")),
    "LST17": (("        d_s = dz @ R.T\n        d_c = d_c * f", "        d_s = d_c = d_c * f"),),
    "LST21": (("back = back + d_h[t]", "back = back + d_h[4 - t]"),),
}
"""By code and variant: what the mistake makes of the right texts of the LSTM with states."""

STEPS: dict[str, tuple[str, Edits]] = {
    "LST01": ("remembering", (("dc = dc + ds * o", "dc = ds * o"),)),
    "LST02": ("remembering", (("ds = ds + d_s[t]", "ds = d_s[t]"),)),
    "LST02 of a GRU": ("updating", (("dh = dh + d_h[t]", "dh = d_h[t]"),)),
    "LST09 of a GRU": ("updating", (("z_n * v_n * r * (1 - r)", "z_n * v_n"),)),
    "LST09 of a GRU's update": ("updating", (("(h[t] - n) * z * (1 - z)", "(h[t] - n) * z"),)),
    "LST11 of a GRU": (
        "updating",
        (("[z_r, z_z, z_n],", "[z_z, z_r, z_n],"), ("[z_r, z_z, z_n * r]", "[z_z, z_r, z_n * r]")),
    ),
    "LST12 of a GRU": (
        "updating",
        (("de += dv.sum(axis=0)", "de += np.hstack([z_z, z_z, z_n * r]).sum(axis=0)"),),
    ),
    "LST15": (
        "remembering",
        (("        ds = dz @ R.T", "        ds = dz @ V.T"),),
    ),
    "LST16": (
        "remembering",
        (("ds = ds + d_s[t]", "ds = d_s[t]"), ("dc = dc + ds * o", "dc = ds * o")),
    ),
    "LST18": ("updating", (("dh = dh * z + dv", "dh = dv"),)),
    "LST19": ("updating", (("z_r = z_n * v_n", "z_r = 0 * z_n * v_n"),)),
    "LST19 as a factor": ("updating", (("[z_r, z_z, z_n * r]", "[z_r, z_z, z_n]"),)),
    "LST19 the path": ("updating", (("[z_r, z_z, z_n * r]", "[z_r, z_z, 0 * z_n]"),)),
    "LST20": ("updating", (("(h[t] - n)", "(n - h[t])"),)),
    "LST20 throughout": (
        "updating",
        (
            ("(h[t] - n)", "(n - h[t])"),
            ("z_n = dh * (1 - z)", "z_n = dh * z"),
            ("dh * z + dv @ H.T", "dh * (1 - z) + dv @ H.T"),
        ),
    ),
    "LST21": ("simple", (("dh = dh + d_h[t]", "dh = dh + d_h[4 - t]"),)),
}
"""By code and variant: the place, and what the mistake makes of the texts for several layers."""


@pytest.mark.parametrize("case", LSTM)
def test_a_wrong_gradient_of_an_lstm_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    place = "gated" if case[:5] != "LST21" else None
    program = programmed("recurrent_states", *LSTM[case])
    named(case[:5], "recurrent_states", program=program, place=place)


@pytest.mark.parametrize("case", STEPS)
def test_a_wrong_gradient_of_a_gated_layer_with_steps_is_named(
    case: str, named: Callable[..., None], programmed: Callable[..., object]
) -> None:
    place, edits = STEPS[case]
    named(case[:5], "recurrent_gates", program=programmed("recurrent_gates", *edits), place=place)
