"""Markdown with formulas at a terminal, the formulas in Unicode as far as it goes."""

import re
from unicodedata import normalize

_SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ", "partial": "∂", "nabla": "∇",
    "infty": "∞", "sum": "∑", "prod": "∏", "int": "∫", "top": "ᵀ", "odot": "⊙", "otimes": "⊗",
    "cdot": "·", "times": "×", "pm": "±", "mp": "∓", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
    "ne": "≠", "neq": "≠", "approx": "≈", "equiv": "≡", "sim": "∼", "propto": "∝", "in": "∈",
    "notin": "∉", "to": "→", "rightarrow": "→", "leftarrow": "←", "mapsto": "↦", "langle": "⟨",
    "rangle": "⟩", "dots": "…", "ldots": "…", "cdots": "⋯", "lVert": "‖", "rVert": "‖", "|": "‖",
    "ll": "≪", "gg": "≫", "mid": "|", "lfloor": "⌊", "rfloor": "⌋", "forall": "∀", "circ": "∘",
    "quad": "  ", ",": " ", ";": " ", " ": " ", "!": "", "\\": "\n", "left": "", "right": "",
    "big": "", "bigl": "", "bigr": "", "operatorname": "", "mathrm": "", "mathbf": "", "text": "",
    "mathbb": "", "{": "{", "}": "}", "_": "_", "%": "%",
}  # fmt: skip
_PREFIXES = ("", " ", "  ", "∂", "∇", "∑", "∏", "∫", "Δ", "⟨", "⌊", "{")
"""Symbols that stand close to what follows."""

_ACCENTS = {"bar": "\u0304", "hat": "\u0302", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
_RAISED = str.maketrans("0123456789+-=()niTᵀ", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵀ")
_LOWERED = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")

_TOKEN = re.compile(r"\\[a-zA-Z]+ ?|\\.|[{}^_]|[^\\{}^_]", re.DOTALL)
_FORMULA = re.compile(r"\$\$?([^$]+)\$\$?")


def show(text: str) -> None:
    """Print a text for a person at a terminal."""
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(readable(text)))


def readable(text: str) -> str:
    """Return Markdown with its formulas in Unicode, safe from being taken for markup."""
    return _FORMULA.sub(lambda match: re.sub(r"([*_<\[\]|])", r"\\\1", unicode(match[1])), text)


def unicode(formula: str) -> str:
    """Write a LaTeX formula in Unicode."""
    tokens = _TOKEN.findall(formula)[::-1]
    parts = []
    while tokens:
        parts.append(_next(tokens))
    return normalize("NFC", re.sub(r"\s+", " ", "".join(parts)).strip())


def _next(tokens: list[str]) -> str:
    """Take one unit off the end of the reversed tokens, and return it in Unicode."""
    match tokens.pop():
        case "{":
            return _group(tokens)
        case "^":
            return _script(_argument(tokens), _RAISED, "^")
        case "_":
            return _script(_argument(tokens), _LOWERED, "_")
        case token if token.startswith("\\"):
            spaced = " " if len(token) > 2 and token.endswith(" ") else ""
            return _command(token[1:].strip() or " ", spaced, tokens)
        case token:
            return token


def _command(name: str, spaced: str, tokens: list[str]) -> str:
    if name in _ACCENTS:
        return _argument(tokens) + _ACCENTS[name]
    if name.endswith("frac"):
        return f"{_whole(_argument(tokens))}/{_whole(_argument(tokens))}"
    if name == "sqrt":
        return f"√{_whole(_argument(tokens))}"
    symbol = _SYMBOLS.get(name, name)
    return symbol if symbol in _PREFIXES else symbol + spaced


def _group(tokens: list[str]) -> str:
    parts = []
    while tokens and tokens[-1] != "}":
        parts.append(_next(tokens))
    if tokens:
        tokens.pop()
    return "".join(parts)


def _argument(tokens: list[str]) -> str:
    while tokens and tokens[-1] == " ":
        tokens.pop()
    return _next(tokens) if tokens else ""


def _whole(text: str) -> str:
    """Put an expression of several signs into parentheses."""
    return text if len(text.strip()) == 1 or text.strip().isalnum() else f"({text.strip()})"


def _script(text: str, table: dict[int, int], sign: str) -> str:
    """Raise or lower a text, where there are characters for all of it."""
    compact, spaced = text.strip(), " " * text.endswith(" ")
    if all(ord(letter) in table for letter in compact):
        return compact.translate(table) + spaced
    return (f"{sign}{compact}" if len(compact) == 1 else f"{sign}({compact})") + spaced
