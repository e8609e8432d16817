"""Which multiplier holds where and for whom: a fold of the guild's rule events."""

from collections.abc import Iterable

from events.engine.event import Event
from events.multipliers import ANY, ChannelGrouped, MultiplierSet, category, group, role

USUAL = 100
"""Per cent."""


class Places:
    """The multipliers and groups that a guild has decided on."""

    def __init__(self) -> None:
        """None: everything counts as usual, each channel is of its category."""
        self.multipliers: dict[tuple[str, str], MultiplierSet] = {}
        """The newest by what and source, also where it is as usual again."""
        self.grouped: dict[int, ChannelGrouped] = {}
        """The newest by channel, also where it is of its category again."""
        self._percents: dict[tuple[str, str], int] = {}
        self._groups: dict[int, str] = {}

    @property
    def plain(self) -> bool:
        """Whether everything counts as usual everywhere."""
        return not self._percents

    def apply(self, event: Event) -> None:
        """Take one event in; others change nothing."""
        if isinstance(event, MultiplierSet):
            key = (event.what, event.source)
            self.multipliers[key] = event
            self._percents.pop(key, None)
            if event.percent is not None:
                self._percents[key] = event.percent
        elif isinstance(event, ChannelGrouped) and event.channel_id is not None:
            self.grouped[event.channel_id] = event
            self._groups.pop(event.channel_id, None)
            if event.group is not None:
                self._groups[event.channel_id] = group(event.group)

    def group_of(self, channels: Iterable[int | None], category_id: int | None) -> str | None:
        """Where something happened: the group of the first of ``channels`` (thread, then parent)
        that has one, or else Discord's category."""
        if self._groups:
            for channel_id in channels:
                found = self._groups.get(channel_id or 0)
                if found is not None:
                    return found
        return None if category_id is None else category(category_id)

    def percent(self, what: str | None, source: str) -> int:
        """What ``source`` counts in ``what``: its own multiplier, or that of any source."""
        if what is None or not self._percents:
            return USUAL
        own = self._percents.get((what, source))
        return self._percents.get((what, ANY), USUAL) if own is None else own

    def percent_of_roles(self, roles: Iterable[int], source: str) -> int:
        """The largest of what ``source`` counts for these roles; one that has no multiplier has no
        say."""
        if not self._percents:
            return USUAL
        found = [
            self.percent(role(one), source)
            for one in roles
            if {(role(one), source), (role(one), ANY)} & self._percents.keys()
        ]
        return max(found, default=USUAL)
