"""What members reach is theirs: once, with the time of the event by which they reached it.

What a template asks for is looked for in what is new; and, when the template itself is new or
changed, in everything that happened before it.
"""

from collections.abc import Sequence

from bot.automation import Automation
from bot.economy.acts import balances_of
from bot.recognition import achievement_search, achievements
from bot.recognition.achievement_search import Found, imported, look_back, search
from events.achievements import Way
from events.decisions.achievements import Template, reach
from events.engine.event import Event
from events.ledger import COINS, wallet
from sql import checkpoints, lake
from sql.pool import Connection, Database

NAME = "automation:achievements"


def prepare(database: Database, guild_id: int) -> None:
    """For templates that are new, look at the past; if the read models are not there yet, that is
    left to :func:`follow`."""
    with database.transaction(guild_id) as conn:
        newest = lake.newest_rule(conn, guild_id)
        lags = checkpoints.lag(conn, [NAME, "achievement_templates", "profiles"])
        places = {place.name: place.position for place in lags}
        after = places.pop(NAME, 0)
        if newest.position <= after or min(places.values(), default=0) < newest.position:
            return
        new = _new(achievements.templates(conn, guild_id), after)
        achievement_search.prepare(conn, guild_id, new, newest)


def _new(known: Sequence[Template], after: int) -> list[Template]:
    return [t for t in known if not t.retired and t.position > after]


def follow(conn: Connection, guild_id: int, after: int, up_to: int) -> Sequence[Event]:
    """Every award that follows. A template that was retired meanwhile counts until then."""
    known = achievements.templates(conn, guild_id)
    old = [t for t in known if not t.retired and t.position <= after]
    gone = [t for t in known if t.retired and t.position > after]
    found = look_back(conn, guild_id, _new(known, after), up_to)
    found += [
        (template, who)
        for template, who in search(conn, guild_id, old + gone, after, up_to)
        if not template.retired or who.position < template.position
    ]
    return _awards(conn, guild_id, found)


def _awards(conn: Connection, guild_id: int, found: Found) -> list[Event]:
    """The facts, in the order in which they were reached."""
    if not found:
        return []
    told = imported(conn, guild_id, found)
    held = dict(balances_of(conn, guild_id, {who.user_id for _, who in found}))
    facts: list[Event] = []
    for template, who in sorted(found, key=lambda one: (one[1].position, one[0].achievement)):
        way: Way = "import" if who.position in told else "live"
        if who.position < template.position and not template.retired:
            way = "look_back"
        purse = wallet(who.user_id), COINS
        fact = reach(guild_id, template, who, way, balance=held.get(purse, 0))
        held[purse] = held.get(purse, 0) + fact.coins
        facts.append(fact)
    return facts


AUTOMATION = Automation(
    NAME,
    ("accounts", "achievement_templates", "event_counters", "profiles"),
    follow,
    whole=True,
    prepare=prepare,
)
