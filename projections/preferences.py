"""What members prefer: the zone each lives by (and those before), how they want to be told of
things, whether boards show them, who they are on GitHub."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from events.preferences import BoardHidden, GithubLinked, LocaleChosen, NoticeChosen, TimezoneSet
from projections.engine.read_model import ReadModel, WorkingSet
from sql.rows import Table


@dataclass(slots=True)
class Preference:
    """What is in force for a member; ``position`` is the event that changed it last. ``notices``
    holds the chosen way for each kind of notice about which one was ever chosen."""

    user_id: int
    zone: str | None = None
    zone_since: datetime | None = None
    zone_changes: int = 0
    notices: dict[str, Any] | None = None
    hidden: bool = False
    github: str | None = None
    locale: str | None = None
    position: int = 0


@dataclass(slots=True)
class ZoneChange:
    """One change of a member's zone."""

    position: int
    line: int
    user_id: int
    zone: str
    since: datetime


PREFERENCES = Table("preferences", Preference, "state", key=("user_id",), member="user_id")
ZONE_CHANGES = Table("zone_changes", ZoneChange, "journal", key=("position", "line"))
READ_MODEL = ReadModel("preferences", version=3, tables=(PREFERENCES, ZONE_CHANGES))


@READ_MODEL.on(TimezoneSet)
def zone_set(event: TimezoneSet, to: WorkingSet) -> None:
    """The newest zone is in force."""
    row = _row(event.user_id, to)
    row.zone, row.zone_since = event.zone, event.occurred_at
    row.zone_changes += 1
    line = to.next_line(ZONE_CHANGES)
    to.write(
        ZONE_CHANGES, ZoneChange(to.position, line, row.user_id, event.zone, event.occurred_at)
    )


@READ_MODEL.on(NoticeChosen)
def notice_chosen(event: NoticeChosen, to: WorkingSet) -> None:
    """The newest choice is in force."""
    row = _row(event.user_id, to)
    row.notices = {**(row.notices or {}), event.notice: event.way}


@READ_MODEL.on(BoardHidden)
def board_hidden(event: BoardHidden, to: WorkingSet) -> None:
    """Boards leave the member out, or not."""
    _row(event.user_id, to).hidden = event.hidden


@READ_MODEL.on(GithubLinked)
def github_linked(event: GithubLinked, to: WorkingSet) -> None:
    """Who the member says they are."""
    _row(event.user_id, to).github = event.login


@READ_MODEL.on(LocaleChosen)
def locale_chosen(event: LocaleChosen, to: WorkingSet) -> None:
    """How the member reads numbers."""
    _row(event.user_id, to).locale = event.locale


def _row(user_id: int | None, to: WorkingSet) -> Preference:
    """The member's row, made if need be; it will be written."""
    row = to.get(PREFERENCES, user_id or 0) or Preference(user_id or 0)
    row.position = to.position
    to.put(PREFERENCES, row)
    return row
