"""Where the read models of a guild stand, and what stops one, for tests of both."""

from events.economy import PaymentMade
from events.engine.event import Event
from events.ledger import Posting, wallet
from projections.engine.read_model import read_models
from sql import checkpoints, lake
from sql.pool import ALL_GUILDS, Database
from tests.support.facts import GUILD, at

MODELS = list(read_models().values())


def write(database: Database, *events: Event) -> None:
    """Record ``events``."""
    with database.transaction(*{e.guild_id for e in events}) as conn:
        lake.append(conn, events)


def standing(database: Database, guild: int = GUILD) -> dict[str, tuple[int, bool]]:
    """Position and whether it is stopped, for each read model of a guild."""
    with database.transaction(guild) as conn:
        lags = checkpoints.lag(conn, [m.name for m in MODELS])
    return {lag.name: (lag.position, lag.stopped) for lag in lags}


def letters(database: Database) -> list[checkpoints.DeadLetter]:
    """What stands still, of all guilds."""
    with database.transaction(ALL_GUILDS) as conn:
        return checkpoints.dead_letters(conn)


def overdraft() -> PaymentMade:
    """A payment of what is not there: the database refuses the account's row."""
    return PaymentMade(
        guild_id=GUILD,
        source_id="7:payment",
        user_id=2001,
        target_id=2002,
        occurred_at=at(0),
        amount=5,
        left=0,
        postings=[
            Posting(account=wallet(2001), amount=-5),
            Posting(account=wallet(2002), amount=5),
        ],
    )
