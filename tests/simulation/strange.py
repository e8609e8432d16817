"""JSON that nobody would send: each value missing, null, of another type, huge or unknown, in turn
and together, drawn from a seed."""

import copy
from collections.abc import Iterator
from random import Random
from typing import Any, Final

SECRET: Final = "zzqzz a private sentence zzqzz"
"""What must never be kept of a payload that cannot be read."""

Place = tuple[str | int, ...]
"""The way to a value: keys and indexes, from the outside."""

_DEEP: Final[Any] = [[[[[[[[[[[[{"id": "1"}]]]]]]]]]]]]
VALUES: Final[tuple[Any, ...]] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2,
        3,
        7,
        18,
        19,
        21,
        255,
        2**31,
        2**53,
        2**63 - 1,
        2**63,
        10**40,
    ),
    *(0.0, -0.5, 1e300, float("nan"), float("inf")),
    *("", "0", "1", "-1", "41", "1e5", str(2**63 - 1), str(2**63), "9" * 400, "\u0663", " 7 "),
    *(SECRET, SECRET * 4000, "a\x00b", "\ud800", "\u202e\u0000", "\U0001f469\u200d\U0001f4bb"),
    *("null", "true", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-12:00"),
    *("2026-03-02", "2026-03-02T09:00:00", "2026-02-30T09:00:00+00:00", "1969-12-31T23:00:00Z"),
    *([], {}, [None], [{}], [[]], ["1", "1"], ["1"] * 3000, {"id": "1"}, {"id": SECRET}, _DEEP),
)
"""What a value may be replaced by; the whole numbers from 2 to 21 are types and states too."""

UNKNOWN: Final = "a_field_that_nobody_knows"


def places(value: Any, before: Place = ()) -> Iterator[Place]:
    """The way to every value inside ``value``."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, one in inner:
        yield (*before, key)
        yield from places(one, (*before, key))


def replaced(whole: Any, place: Place, value: Any) -> Any:
    """A copy of ``whole`` with ``value`` at ``place``."""
    return _changed(whole, place, lambda holder, key: holder.__setitem__(key, value))


def without(whole: Any, place: Place) -> Any:
    """A copy of ``whole`` in which there is nothing at ``place``."""
    return _changed(whole, place, lambda holder, key: holder.__delitem__(key))


def one_by_one(whole: Any) -> Iterator[Any]:
    """Every single mutation: each place without its value and with every strange one."""
    for place in places(whole):
        yield without(whole, place)
        for value in VALUES:
            yield replaced(whole, place, value)


def widened(whole: Any) -> Any:
    """A copy with an unknown field in every object: what Discord may send tomorrow."""
    if isinstance(whole, dict):
        return {key: widened(one) for key, one in whole.items()} | {UNKNOWN: {"id": SECRET}}
    return [widened(one) for one in whole] if isinstance(whole, list) else whole


def several(whole: Any, dice: Random) -> Any:
    """A copy with one to five mutations of any kind, also values that changed their places."""
    result = copy.deepcopy(whole)
    for _ in range(dice.randint(1, 5)):
        ways = list(places(result))
        if not ways:
            break
        place = dice.choice(ways)
        match dice.randrange(5):
            case 0:
                result = without(result, place)
            case 1:
                result = replaced(result, place, _at(result, dice.choice(ways)))
            case 2:
                result = widened(result)
            case _:
                result = replaced(result, place, dice.choice(VALUES))
    return result


def _at(whole: Any, place: Place) -> Any:
    for key in place:
        whole = whole[key]
    return copy.deepcopy(whole)


def _changed(whole: Any, place: Place, change: Any) -> Any:
    """A copy of ``whole`` along the way to ``place``; the rest is shared, and changed by nobody."""
    top = copy.copy(whole)
    holder = top
    for key in place[:-1]:
        holder[key] = copy.copy(holder[key])
        holder = holder[key]
    change(holder, place[-1])
    return top
