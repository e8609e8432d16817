"""Two admins at one currency, and one click many times: each change is made once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.commands.currency import Change, decide_once
from bot.economy.holdings import currencies_of
from bot.handle import Call, handle
from events.decisions.asked import Asked
from events.decisions.currency import Currencies
from events.engine.errors import Refused
from events.engine.event import Event
from events.engine.snowflake import snowflake_at
from events.ledger import COINS
from sql.pool import Connection, Database
from tests.support.facts import GUILD, at

ADMIN, OTHER = 2098, 2099
LOOK = {"name": "gem", "plural": "gems", "emoji": "\N{GEM STONE}"}


def call(number: int, user: int = ADMIN) -> Call:
    return Call(Asked(GUILD, snowflake_at(at(number), number), user, 700), "button", "currency")


def click(database: Database, number: int, preview: Call, change: Change) -> list[str]:
    """The keys of what the click ``number`` on ``preview`` comes to."""

    def decide(conn: Connection) -> list[Event]:
        return [decide_once(conn, preview.asked, change)]

    done = handle(database, call(number), reads=["accounts"], decide=decide, show=lambda *_: None)
    return [fact.event.source_id for fact in done.facts]


def known(database: Database) -> Currencies:
    with database.transaction(GUILD) as conn:
        return currencies_of(conn, GUILD)


def refused(work: Callable[[], object]) -> bool:
    try:
        work()
    except Refused:
        return True
    return False


def test_fifty_clicks_on_one_preview_declare_once(database: Database) -> None:
    preview, change = call(1), Change("declare", "gems", LOOK, 0)
    with ThreadPoolExecutor(50) as pool:
        done = list(pool.map(lambda n: click(database, 10 + n, preview, change), range(50)))
    assert done == [["rule:currency:gems:1"]] * 50
    assert list(known(database).known) == [COINS, "gems"]
    assert known(database).revision("gems") == 1


def test_of_fifty_admins_who_name_a_currency_at_once_one_does(database: Database) -> None:
    click(database, 5, call(1), Change("declare", "gems", LOOK, 0))

    def rename(number: int) -> bool:
        change = Change("name", "gems", {"name": f"ruby {number}"}, 1)
        return refused(lambda: click(database, 100 + number, call(10 + number, OTHER), change))

    with ThreadPoolExecutor(50) as pool:
        assert sorted(pool.map(rename, range(50))) == [False, *[True] * 49]
    assert known(database).revision("gems") == 2


def test_a_retired_one_comes_back_at_its_next_revision(database: Database) -> None:
    click(database, 5, call(1), Change("declare", "gems", LOOK, 0))
    retiring = call(2)
    for number in (6, 7):
        assert click(database, number, retiring, Change("retire", "gems", {}, 1)) == [
            "rule:currency:gems:2"
        ]
    assert known(database).of("gems").retired
    back = click(database, 8, call(3), Change("declare", "gems", LOOK, 2))
    assert back == ["rule:currency:gems:3"]
    assert [coin.currency for coin in known(database).in_use] == [COINS, "gems"]
