"""Who reaches what an achievement asks for, and by which event: the way there, step by step.

A sum or count is reached by the step that brings it from below the threshold to it or above; a
level or streak by the first step that shows it. Sums can fall again: what was reached stays so.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from events.achievements import LIFETIME
from events.decisions.achievements import Reached, Template

Total = tuple[int, str, int]
"""A member, a measure, and a season or LIFETIME."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event moved ``measure`` of a member: by ``amount``, and (for what is reached, not summed
    up) to ``value``. ``season`` is the one it belongs to, LIFETIME for none."""

    position: int
    user_id: int
    at: datetime
    season: int
    measure: str
    amount: int = 0
    value: int | None = None


def summed(steps: Iterable[Step]) -> dict[Total, int]:
    """What steps come to, in all and by season."""
    sums: defaultdict[Total, int] = defaultdict(int)
    for step in steps:
        for season in {LIFETIME, step.season}:
            sums[step.user_id, step.measure, season] += step.amount
    return sums


def reached(
    templates: Sequence[Template], steps: Iterable[Step], before: dict[Total, int]
) -> list[tuple[Template, Reached]]:
    """What of ``templates`` is reached by ``steps``, in their order; ``before`` is what members had
    ahead of the first step (nothing, where it says nothing)."""
    wanted: defaultdict[tuple[str, str], list[Template]] = defaultdict(list)
    for template in templates:
        wanted[measure_of(template), template.scope].append(template)
    totals = dict(before)
    found: dict[tuple[str, int, int], tuple[Template, Reached]] = {}
    for step in steps:
        scopes = [("lifetime", LIFETIME)]
        if step.season != LIFETIME:
            scopes.append(("season", step.season))
        for scope, season in scopes:
            those = wanted.get((step.measure, scope))
            if not those:
                continue
            total = step.user_id, step.measure, season
            was = totals.get(total, 0)
            now = totals[total] = was + step.amount
            for template in those:
                key = template.achievement, step.user_id, season
                if key not in found and _is_reached(template.threshold, step, was, now):
                    found[key] = (
                        template,
                        Reached(step.user_id, season, step.position, step.at),
                    )
    return list(found.values())


def measure_of(template: Template) -> str:
    """What a template is measured by: the measure of its goal."""
    return template.asks_for.measure


def _is_reached(threshold: int, step: Step, was: int, now: int) -> bool:
    if step.value is not None:
        return step.value >= threshold
    return was < threshold <= now
