"""Mutilated texts: cut, shuffled, unindented, soiled, thinned, spliced and prefixed at random."""

import random
from collections.abc import Sequence
from functools import partial

NOISE = "“”‘’—…×\u200b\ufeff\xa0é中（）：，`\x00\t\\\"'#{}[]()>$%!\r\u2028\ud800"


def mutilated(chance: random.Random, texts: Sequence[str]) -> str:
    """Mutilate one of several texts, once or up to three times."""
    result = chance.choice(texts)
    for _ in range(chance.randint(1, 3)):
        spliced = partial(_spliced, other=chance.choice(texts))
        result = chance.choice((*_MUTILATIONS, spliced))(result, chance)
    return result


def _cut(text: str, chance: random.Random) -> str:
    at = chance.randint(0, len(text))
    return chance.choice([text[:at], text[at:]])


def _shuffled(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    return "\n".join(chance.sample(lines, len(lines)))


def _unindented(text: str, chance: random.Random) -> str:
    share = chance.choice([0.1, 0.5, 1.0])
    return "\n".join(line.strip() if chance.random() < share else line for line in text.split("\n"))


def _soiled(text: str, chance: random.Random) -> str:
    letters = list(text)
    for _ in range(chance.randint(1, 30)):
        letters.insert(chance.randint(0, len(letters)), chance.choice(NOISE))
    return "".join(letters)


def _thinned(text: str, chance: random.Random) -> str:
    parts = text.split("\n") if chance.random() < 0.5 else list(text)
    gone = {chance.randint(0, len(parts)) for _ in range(chance.randint(1, 30))}
    glue = "" if len(parts) == len(text) else "\n"
    return glue.join(part for k, part in enumerate(parts) if k not in gone)


def _spliced(text: str, chance: random.Random, other: str) -> str:
    lines, more = text.split("\n"), other.split("\n")
    at, stop = chance.randint(0, len(lines)), chance.randint(0, len(more))
    return "\n".join([*lines[:at], *more[:stop], *lines[at:]])


def _prefixed(text: str, chance: random.Random) -> str:
    mark = chance.choice(["> ", ">>> ", "    ", "\t", "+", "- ", "{} ", "In [{}]: "])
    return "\n".join(mark.format(n) + line for n, line in enumerate(text.split("\n")))


_MUTILATIONS = (_cut, _shuffled, _unindented, _soiled, _thinned, _prefixed)
