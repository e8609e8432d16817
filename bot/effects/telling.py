"""Finds in the log what is to be told, behind a checkpoint of its own, and puts it by.

What it is told of is decided under the rules and preferences of that moment, in the transaction
that moves the checkpoint: nothing is found twice, and a rebuild finds nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import structlog

from bot import look
from bot.economy.standing import preferences_of
from bot.recognition import achievements, badges
from events.decisions import locales
from events.decisions.achievements import Template as Achievement
from events.decisions.badges import Kind, unknown
from events.decisions.locales import LOCALES, Locale
from events.decisions.notices import (
    OLDEST,
    PREFERENCE,
    TYPES,
    Amounts,
    Fact,
    Named,
    Places,
    Said,
    Value,
    worth_telling,
)
from events.decisions.preferences import USUAL, Preferences
from events.engine.catalogue import StoredEvent, decode
from events.engine.event import Event
from events.engine.setting import Template
from events.settings import SETTINGS
from projections.engine.advance import PAGE, ReadModelStopped, catch_up, stop
from projections.engine.read_model import read_models
from projections.engine.rules import Rules
from projections.engine.ruling import rules_now
from sql import checkpoints, lake, notices
from sql.errors import DatabaseError
from sql.pool import ALL_GUILDS, Connection, Database

NAME: Final = "effect:notices"
READS: Final = ("achievement_templates", "badge_kinds", "badges", "preferences", "profiles")
GUILDS_AT_A_TIME: Final = 100
NOBODY: Final = "nobody stood on its board."

log = structlog.get_logger("tallystick.notices")


class _Words:
    """How a guild calls things, for a reader of some language."""

    def __init__(
        self, rules: Rules, kinds: Mapping[str, Kind], templates: Mapping[str, Achievement]
    ) -> None:
        self._rules, self._kinds, self._templates = rules, kinds, templates

    def filled(self, one: Said, locale: str) -> str:
        """The guild's words for it."""
        key = f"{one.kind}_text"
        template = SETTINGS[key]
        assert isinstance(template, Template)
        values = {place: self._shown(value, LOCALES[locale]) for place, value in one.values.items()}
        return template.fill(self._rules.text(key), values)

    def _shown(self, value: Value, locale: Locale) -> str:
        if isinstance(value, Named) and value.what == "badge":
            return badges.title(self._kinds.get(value.name) or unknown(value.name))
        if isinstance(value, Named):
            template = self._templates.get(value.name)
            return achievements.title(template) if template else value.name
        if isinstance(value, Places):
            places = [
                f"\n{look.MEDALS.get(one.rank, f'`#{one.rank}`')} <@{one.user_id}> "
                f"{self._measured(value.board, one.number, locale)}"
                for one in value.places
            ]
            return "".join(places) or NOBODY
        if isinstance(value, Amounts):
            return " and ".join(
                f"{locale.number(number)} {self._unit(what, number)}"
                for what, number in value.parts
            )
        return value

    def _measured(self, board: str, number: int, locale: Locale) -> str:
        if board == "voice":
            return look.duration(number)
        return f"{locale.number(number)} {self._unit(board, number)}"

    def _unit(self, what: str, number: int) -> str:
        if what == "xp":
            return "XP"
        if what == "stars":
            return "star" if number == 1 else "stars"
        if what == "messages":
            return "message" if number == 1 else "messages"
        coin = self._rules.currencies.of(what)
        return coin.name if number == 1 else coin.plural


def take_in(database: Database, now: datetime) -> int:
    """One page of each guild that has gone on; how much there is to tell."""
    with database.transaction(ALL_GUILDS) as conn:
        behind = checkpoints.lagging(conn, [NAME], GUILDS_AT_A_TIME, reads=READS)
    told = 0
    for guild_id in behind:
        try:
            told += _take(database, guild_id, now)
        except DatabaseError:
            raise
        except ReadModelStopped as error:  # what is to be told waits where it is
            log.warning("notices_wait", guild=guild_id, error=str(error).splitlines()[0])
        except Exception as error:  # one guild's trouble must not silence the others
            log.exception("notices_not_found", guild=guild_id)
            _stop(database, guild_id, error)
    return told


def _stop(database: Database, guild_id: int, error: Exception) -> None:
    """Find no more in a guild until an operator lets it go on, like a read model that failed."""
    with database.transaction(guild_id) as conn:
        for place in checkpoints.take(conn, guild_id, [NAME], wait=False):
            stop(conn, guild_id, NAME, place.position + 1, error)


def _take(database: Database, guild_id: int, now: datetime) -> int:
    """Take one page of a guild's log: put by what is to be told, move on."""
    models = [read_models()[name] for name in READS]
    with database.transaction(guild_id) as conn:
        taken = checkpoints.take(conn, guild_id, [NAME], wait=False)
        head = lake.heads(conn).get(guild_id, 0)
        if not taken or taken[0].position >= head:
            return 0
        after = taken[0].position
        up_to = min(head, after + 10 * PAGE)
        types = [cls.event_type for cls in TYPES]
        rows = lake.of_types(conn, guild_id, after, up_to, types, since=now - OLDEST)
        told = 0
        if rows:
            catch_up(conn, guild_id, models)
            told = _put_by(conn, guild_id, rows, now)
        checkpoints.advance(conn, {(guild_id, NAME): up_to})
        return told


def _put_by(conn: Connection, guild_id: int, rows: list[StoredEvent], now: datetime) -> int:
    rules = rules_now(conn, guild_id)
    templates = {one.achievement: one for one in achievements.templates(conn, guild_id)}
    words = _Words(rules, badges.kinds(conn, guild_id), templates)
    facts = [_fact(conn, row) for row in rows]
    said = worth_telling(facts, now, least=rules.number("level_up_least"))
    told = 0
    for one in said:
        own = preferences_of(conn, guild_id, one.user_id or 0)
        place = _place(rules, one, own, templates)
        if place is not None:
            notices.take(
                conn,
                guild_id,
                one.position,
                kind=one.kind,
                user=one.user_id,
                channel=place or None,
                words=words.filled(one, locales.DEFAULT if place else own.locale),
                now=now,
            )
            told += 1
    return told


def _fact(conn: Connection, row: StoredEvent) -> Fact:
    """An event, whether it, or what caused it, is what an import told, and where."""
    event: Event = decode(row)
    position = getattr(event, "cause_position", None)
    rows = lake.read(conn, row.guild_id, position - 1, 1) if position else []
    causes = [event, *map(decode, rows)]
    imported = any(getattr(cause, "import_id", None) is not None for cause in causes)
    return Fact(row.position, event, imported, causes[-1].channel_id)


def _place(
    rules: Rules, one: Said, own: Preferences, templates: Mapping[str, Achievement]
) -> int | None:
    """The channel to tell it in, 0 for a direct message, None for nowhere."""
    notice = PREFERENCE[one.kind]
    way = own.way(notice) if notice else USUAL
    if way == "dm":
        return 0 if rules.flag("notice_direct") else None
    if way == "none":
        return None
    named = one.values.get("achievement")
    template = templates.get(named.name) if isinstance(named, Named) else None
    if template is not None and template.announce_channel_id is not None:
        return template.announce_channel_id
    channels = rules.ids(f"{one.kind}_channel")
    if not channels and one.kind == "level_up" and rules.flag("level_up_here"):
        return one.channel_id
    return min(channels, default=None)
