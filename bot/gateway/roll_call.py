"""Who is in voice when we get a new session: what was before it ends where we last know it to be.

While nobody was connected, members may have left, come and left again. So with each new session
every stay in voice that the lake holds to be going on ends at the last proof that it was: the last
moment at which the guild was seen, or the last thing that anybody there was seen doing, since
whoever left before that would have been seen leaving. Those who are there now come in anew.

What the lake holds to be going on is read from the profiles, which have to be up to date for that.
A guild that is far behind (while a long history is folded) is not waited for. Of whom another
process, in a rolling deploy, has seen what came after the roll was called, the stay goes on.
"""

from datetime import datetime
from typing import Final

from bot.gateway.numbered.voice import VoiceCursor, VoiceSeen
from bot.gateway.seen import RollCall
from events.engine.catalogue import decode
from events.engine.errors import TallystickError
from events.engine.event import Event
from projections.engine.advance import PAGE, catch_up
from projections.engine.read_model import named
from sql import checkpoints, lake
from sql.pool import Connection, Database
from sql.reads import Row, fetch

MOST_BEHIND: Final = 10 * PAGE
"""Events that a guild may be behind to be waited for, about a second."""


class FarBehind(TallystickError):
    """The profiles of a guild are not nearly up to date."""


def end_stays(
    database: Database, call: RollCall, seen_until: datetime | None, *, accompanied: bool = False
) -> list[VoiceSeen]:
    """Record that every known stay in voice has ended, not before the guild was last seen;
    returns whose, as they were last seen. ``accompanied``: another process may have seen more.

    Raises FarBehind.
    """
    guild_id, profiles = call.guild_id, named("profiles")
    with database.transaction(guild_id) as conn:
        head = lake.lock(conn, [guild_id])[guild_id].head
        (place,) = checkpoints.take(conn, guild_id, [profiles.name], wait=True)
        if head - place.position > MOST_BEHIND:
            raise FarBehind(f"the profiles of guild {guild_id} are far behind")
        catch_up(conn, guild_id, [profiles])
        rows = fetch(conn, "profiles", "in_voice", guild=guild_id)
        if accompanied:
            rows = [row for row in rows if row["since"] <= call.at]
        gone = [_gone(call, row, seen_until) for row in rows]
        lake.append(conn, [fact for seen in gone if (fact := _left(conn, seen)) is not None])
    return gone


def _gone(call: RollCall, row: Row, seen_until: datetime | None) -> VoiceSeen:
    """The end of a stay; what was seen of others proves nothing if something was missed."""
    proven_at = row["since"] if call.seen_until else row["proven_at"]
    return VoiceSeen(
        guild_id=call.guild_id,
        user_id=row["user_id"],
        channel_id=None,
        at=min(max(proven_at, seen_until or proven_at), call.at),
        session_id="",
        self_mute=False,
        self_deaf=False,
        mute=False,
        deaf=False,
        is_bot=row["is_bot"],
        category_id=row["category_id"],
        unseen=True,
    )


def _left(conn: Connection, seen: VoiceSeen) -> Event | None:
    """The leave that follows the member's last voice fact, which tells the rest of it."""
    cursor = VoiceCursor()
    for row in lake.with_prefix(conn, seen.guild_id, seen.prefix):
        cursor.follow(decode(row))
    return cursor.number(seen)
