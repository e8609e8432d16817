"""Random draws that anybody can draw again: a seed recorded in the event decides everything.

Draw number n of a seed is ``sha256(seed as 32 bytes || n as 8 bytes)``, read as a whole number.
Whatever is left of 2**256 after a whole multiple of the range is drawn once more (with n further
on by 2**32), so that no outcome is likelier than another.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")
SEED_BITS = 63
"""Bits of a seed: it has to fit a bigint."""
_WHOLE = 2**256
_AGAIN = 2**32


def draw(seed: int, number: int, below: int) -> int:
    """A whole number from 0 to ``below - 1``, each equally likely: draw ``number`` of ``seed``."""
    if below < 1:
        raise ValueError("a draw needs at least one outcome")
    limit = _WHOLE - _WHOLE % below
    while True:
        digest = sha256(seed.to_bytes(32, "big") + number.to_bytes(8, "big")).digest()
        value = int.from_bytes(digest, "big")
        if value < limit:
            return value % below
        number += _AGAIN


def between(seed: int, number: int, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    return low + draw(seed, number, high - low + 1)


def weighted(seed: int, number: int, choices: Sequence[tuple[T, int]]) -> T:
    """One of ``choices`` (what, weight): twice the weight is twice as likely."""
    rest = draw(seed, number, sum(weight for _, weight in choices))
    for what, weight in choices:
        if rest < weight:
            return what
        rest -= weight
    raise AssertionError("the weights do not add up")
