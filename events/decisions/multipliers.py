"""May this multiplier be set, may this channel be put into that group, or be without points?"""

import re
from collections.abc import Collection
from typing import Final

from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.engine.setting import MOST_LISTED, ids_in
from events.multipliers import ANY, ChannelGrouped, MultiplierSet

MOST_PERCENT: Final = 1000
MOST_GROUPED: Final = 500
"""Channels that may be in groups of the guild's own: Discord has no more in a guild."""
MOST_MULTIPLIERS: Final = 200
_NAME: Final = re.compile(r"[\w-]{1,24}")


def group_name(typed: str) -> str:
    """A group's name as it is kept. Raises Refused."""
    name = "-".join(typed.split())
    if not _NAME.fullmatch(name):
        raise Refused(
            "A group's name is 1 to 24 letters, digits or dashes. Choose a shorter or plainer one."
        )
    return name


def set_multiplier(
    asked: Asked,
    what: str,
    source: str,
    percent: int | None,
    newest: MultiplierSet | None,
    *,
    sources: Collection[str],
    in_force: int,
) -> MultiplierSet:
    """``asked.user_id`` has XP for ``source`` count ``percent`` in ``what`` (None: as usual), of
    which ``newest`` is the last word; ``in_force`` multipliers hold in all. Raises Refused."""
    if source != ANY and source not in sources:
        raise Refused(f"There is no source called {source[:40]!r}. Pick one from the list.")
    if percent is not None and not 0 <= percent <= MOST_PERCENT:
        raise Refused(f"Pick a per cent from 0 to {MOST_PERCENT}; 100 is as usual.")
    previous = None if newest is None else newest.percent
    if percent == previous:
        now = "as usual" if percent is None else f"{percent} %"
        raise Refused(f"That counts {now} already. Nothing was changed.")
    if previous is None and in_force >= MOST_MULTIPLIERS:
        raise Refused(f"There are {in_force} multipliers, the most there can be. Remove one first.")
    revision = 1 if newest is None else newest.revision + 1
    return MultiplierSet(
        **asked.envelope,
        source_id=f"rule:multiplier:{what}:{source}:{revision}",
        what=what,
        source=source,
        percent=percent,
        previous=previous,
        revision=revision,
        interaction_id=asked.interaction_id,
    )


def group_channel(
    asked: Asked,
    channel_id: int,
    group: str | None,
    newest: ChannelGrouped | None,
    *,
    grouped: int,
) -> ChannelGrouped:
    """``asked.user_id`` puts a channel into ``group`` (None: back to its category), of which
    ``newest`` is the last word; ``grouped`` channels are in groups. Raises Refused."""
    name = None if group is None else group_name(group)
    previous = None if newest is None else newest.group
    if name == previous:
        place = "of its category" if name is None else f"in {name}"
        raise Refused(f"That channel is {place} already. Nothing was changed.")
    if previous is None and grouped >= MOST_GROUPED:
        raise Refused(f"{grouped} channels are in groups, the most there can be. Take one out.")
    revision = 1 if newest is None else newest.revision + 1
    return ChannelGrouped(
        **asked.envelope | {"channel_id": channel_id},
        source_id=f"rule:channel_group:{channel_id}:{revision}",
        group=name,
        previous=previous,
        revision=revision,
        interaction_id=asked.interaction_id,
    )


def listed(value: str, one: int, *, on: bool) -> str:
    """The list ``value`` of a setting with ``one`` in it or not. Raises Refused."""
    ids = ids_in(value)
    if (one in ids) == on:
        raise Refused(f"That is {'' if on else 'not '}on the list already. Nothing was changed.")
    if on and len(ids) >= MOST_LISTED:
        raise Refused(f"There are {MOST_LISTED} on the list, the most there can be.")
    return ",".join(map(str, sorted(ids | {one} if on else ids - {one})))
