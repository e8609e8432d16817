"""What members reach is theirs: once, with the time of the event by which they reached it.

What a template asks for is looked for in what is new; and, when the template itself is new or
changed, in everything that happened before it.
"""

from collections.abc import Sequence

from bot import achievements
from bot.achievement_search import Found, imported, search
from bot.acts import balances_of
from bot.automation import Automation
from events.achievements import Way
from events.decisions.achievements import reach
from events.engine.event import Event
from events.ledger import COINS, wallet
from sql.pool import Connection


def follow(conn: Connection, guild_id: int, after: int, up_to: int) -> Sequence[Event]:
    """Every award that follows. A template that was retired meanwhile counts until then."""
    known = achievements.templates(conn, guild_id)
    new = [t for t in known if not t.retired and t.position > after]
    old = [t for t in known if not t.retired and t.position <= after]
    gone = [t for t in known if t.retired and t.position > after]
    found = search(conn, guild_id, new, 0, up_to)
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
    "automation:achievements",
    ("accounts", "achievement_templates", "event_counters", "profiles"),
    follow,
    whole=True,
)
