"""The factors of an award in a member's words: what ``/why`` says between the brackets.

The keys are those that ``projections/points/pipeline.py`` writes; a test holds them in step.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot import look

TIMES: Final = "\N{MULTIPLICATION SIGN}"
MULTIPLIED: Final = {
    "quality": "for the message",
    "category": "here",
    "role": "for the role",
    "rate": "of what was promised",
}
"""What XP was multiplied with, in per cent."""

CUT: Final = {
    "burst": "in a burst",
    "taper": "late in a full day",
    "hour_cap": "the most an hour",
    "source_cap": "the most a day",
    "day_cap": "the most a day in all",
}
"""What limited XP, with what it left."""


def words(number: str, factors: Mapping[str, Any]) -> str:
    """How ``number`` (``xp`` or ``stars``) of an award came about; empty when there is nothing to
    tell beyond the number itself."""
    if "prestige" in factors:
        return f"prestige {factors['prestige']}, level {factors['level']} given up"
    steps = list(_xp(factors)) if number == "xp" else list(_times(factors))
    boost = factors.get(f"{number}_percent")
    if boost is not None:
        steps.append(f"{TIMES} {look.hundredths(boost)} boosted")
    base = factors.get(number)
    return " ".join([look.number(base), *steps]) if steps and base is not None else " ".join(steps)


def _times(factors: Mapping[str, Any]) -> Iterator[str]:
    times = factors.get("times", 1)
    if times != 1:
        yield f"{TIMES} {look.number(times)}"


def _xp(factors: Mapping[str, Any]) -> Iterator[str]:
    yield from _times(factors)
    for key, said in MULTIPLIED.items():
        if key in factors:
            yield f"{TIMES} {look.hundredths(factors[key])} {said}"
    repeat = factors.get("repeat", 0)
    if repeat:
        yield f"/ {repeat + 1} for the {look.ordinal(repeat + 1)} time today"
    for key, said in CUT.items():
        if key in factors:
            yield f"\N{RIGHTWARDS ARROW} {look.number(factors[key])} {said}"
