"""A real history lived through under a preset: the same log, other boards.

By hand, for histories of one's own: python -m tests.support.regimes FOLDER
"""

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import automation, importer
from bot.points import boards, reasons
from events.decisions.asked import Asked
from events.decisions.presets import apply_preset
from events.engine.errors import Refused
from events.engine.event import RULE_PREFIX, Event
from events.engine.snowflake import snowflake_at
from events.settings import first_contact
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from projections.engine.rules import Rules
from sql import lake
from sql.pool import Database
from sql.reads import fetch_one
from tests.support import postgres

PRESETS = ("tallystick", "mee6", "polaris")
ADMIN = 2099
EARLY = datetime(2016, 1, 1, tzinfo=UTC)
ALL = 10**6
_FOLLOWS = ("level_reached", "badge_earned")
"""What automations add: it follows from the rules, and is no part of what happened."""


@dataclass(slots=True)
class Lived:
    """What one preset came to: the log of what happened, the boards, and what does not hold."""

    log: list[Any] = field(default_factory=list)
    boards: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    members: int = 0
    unequal: list[Any] = field(default_factory=list)
    differences: list[Any] = field(default_factory=list)


def live_under(database: Database, folder: Path, preset: str) -> Lived:
    """Import ``folder`` into a fresh database in which every guild begins with ``preset``."""
    guilds = sorted(importer.run(database, [folder], dry_run=True).guilds)
    for guild in guilds:
        with database.transaction(guild) as conn:
            lake.append(conn, [first_contact(guild, EARLY), *_changes(guild, preset)])
    importer.run(database, [folder])
    worker.drain(database)
    automation.drain(database)
    worker.drain(database)
    lived = Lived(
        differences=verify(database.dsn, list(read_models().values()), processes=1).differences
    )
    for guild in guilds:
        _look_at(database, guild, lived)
    return lived


def _changes(guild: int, preset: str) -> list[Event]:
    asked = Asked(guild, snowflake_at(EARLY, 1), ADMIN, None)
    try:
        return list(apply_preset(asked, preset, Rules().standing))
    except Refused:  # ours: nothing to change
        return []


def _look_at(database: Database, guild: int, lived: Lived) -> None:
    """The log, the board, and for every member of it whether ``/why`` adds up."""
    with database.transaction(guild) as conn:
        for row in lake.read(conn, guild, 0, ALL):
            if not row.source_id.startswith(RULE_PREFIX) and row.event_type not in _FOLLOWS:
                lived.log.append(row._replace(position=0))
        places = boards.page(conn, guild, "xp", limit=ALL).places
        lived.boards[guild] = [(place.user_id, place.number) for place in places]
        for place in places:
            lived.members += 1
            profile = fetch_one(conn, "profiles", "profile", guild=guild, user=place.user_id)
            assert profile is not None
            for number in ("xp", "stars", "coins"):
                found = reasons.explain(conn, guild, place.user_id, number, limit=1)
                shown = profile.get(number, found.number)
                if not sum(total.amount for total in found.totals) == found.number == shown:
                    lived.unequal.append((guild, place.user_id, number))


def main() -> None:
    """Say what each preset comes to."""
    folder = Path(sys.argv[1])
    lived = {}
    with postgres.server() as running:
        for preset in PRESETS:
            with postgres.fresh(running) as url, Database(url) as database:
                lived[preset] = one = live_under(database, folder, preset)
            print(
                f"{preset}: {len(one.log)} events, {len(one.boards)} guilds, "
                f"{one.members} members, XP {sum(xp for b in one.boards.values() for _, xp in b)}, "
                f"unequal {len(one.unequal)}, verify {len(one.differences)} differences"
            )
    first, *others = lived.values()
    print("log identical:", all(other.log == first.log for other in others))
    print("boards differ:", all(other.boards != first.boards for other in others))


__all__ = ["PRESETS", "Lived", "live_under"]

if __name__ == "__main__":
    main()
