"""Acts of admins on the economy: what they moved, read from the log and put into words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from bot import look
from events.decisions.claims import Balances
from events.decisions.currency import Currencies
from events.economy_acts import act_of
from events.engine.catalogue import decode
from events.ledger import DEBT_PREFIX, NOBODY, LedgerEvent, owner
from projections.admin_log import UNDOABLE
from projections.engine.ruling import rules_now
from sql import lake
from sql.pool import Connection
from sql.reads import fetch

TITLES: Final = {
    "coin_award": "Award",
    "economy_reset": "Reset",
    "economy_undo": "Undo",
    "interest": "Interest",
    "tax": "Tax",
    "levy": "Levy",
    "decay": "Decay",
}
"""What each kind of act is called."""

MOST: Final = 12
"""Members who are shown one by one."""
FIELD: Final = 980
"""Characters for them: Discord allows 1024 in a field of an embed."""

Changes = list[tuple[int, Counter[str]]]
"""Members, and what each gained or lost by currency."""


def balances_of(conn: Connection, guild_id: int, members: Iterable[int]) -> Balances:
    """What these members and the guild itself hold."""
    rows = fetch(conn, "accounts", "held_by", guild=guild_id, owners=[NOBODY, *members])
    return {(row["account"], row["currency"]): row["balance"] for row in rows}


def events_of(conn: Connection, guild_id: int, act: str) -> list[LedgerEvent]:
    """The events of an act, in order; none when there is no such act."""
    found = [
        event
        for row in lake.with_prefix(conn, guild_id, act)
        if act_of(row.source_id) == act and isinstance(event := decode(row), LedgerEvent)
    ]
    return [event for event in found if isinstance(event, UNDOABLE)]


def reason_required(conn: Connection, guild_id: int) -> bool:
    """Whether the server wants a reason for each act."""
    return rules_now(conn, guild_id).number("economy_reason_required") == 1


def changes(facts: Sequence[LedgerEvent]) -> Changes:
    """Who gained or lost what by ``facts``, most moved first."""
    by_member: dict[int, Counter[str]] = {}
    for fact in facts:
        for posting in fact.postings:
            member_id = owner(posting.account)
            if member_id != NOBODY:
                by_member.setdefault(member_id, Counter())[posting.currency] += posting.amount
    return sorted(by_member.items(), key=lambda item: -max(map(abs, item[1].values())))


def in_words(moved: Changes, known: Currencies) -> str:
    """A line for each member as far as they fit a field, and how many there are beyond."""
    lines: list[str] = []
    room = FIELD
    for member_id, sums in moved:
        line = f"<@{member_id}> {', '.join(_part(*part, known) for part in sums.items())}"
        room -= len(line) + 1
        if len(lines) == MOST or room < 0:
            lines.append(f"and {look.count(len(moved) - len(lines), 'member')} more")
            break
        lines.append(line)
    return "\n".join(lines) or "Nobody's."


def _part(currency: str, amount: int, known: Currencies) -> str:
    if currency.startswith(DEBT_PREFIX):
        verb, what = "owes" if amount > 0 else "is let off", currency.removeprefix(DEBT_PREFIX)
        return f"{verb} **{look.number(abs(amount))}** {known.of(what).emoji}"
    return f"**{look.signed(amount)}** {known.of(currency).emoji}"
