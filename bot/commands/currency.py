"""``/currency``: what this server counts in beside its coins, what each is called and shown with.
Each change is previewed; one that somebody else was faster with is refused."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy import currencies
from bot.economy.holdings import currencies_of
from bot.handle import Call, Fact, handle, look_up, recorded
from events.currency import Coin, CurrencyChanged, CurrencyNamed
from events.decisions import currency as deciding
from events.decisions.asked import Asked
from events.decisions.currency import Currencies
from events.ledger import COINS
from sql.pool import Connection
from sql.reads import fetch

READS = ["accounts"]
MAX_NAME = 32
MAX_EMOJI = 64
LOOK: Final = {"name": "One", "plural": "Several", "emoji": "Emoji"}
"""What makes a look, and the fields of a preview that show it."""
TITLES: Final = {
    "declare": ("A new currency: please confirm", "A new currency"),
    "name": ("A new look: please confirm", "A new look"),
    "retire": ("Retire this currency?", "Retired"),
}

Name = app_commands.Range[str, 1, MAX_NAME]
Emoji = app_commands.Range[str, 1, MAX_EMOJI]

currency = app_commands.Group(
    name="currency",
    description="What this server counts in (admins)",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)


@dataclass(frozen=True, slots=True)
class Change:
    """What an admin wants done to which currency; ``look`` is the part of its look that they gave,
    ``based_on`` its revision when they were shown a preview."""

    what: str
    text: str
    look: dict[str, Any] = dataclasses.field(default_factory=dict)
    based_on: int | None = None


@currency.command(name="declare")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.rename(currency_id="currency")
@app_commands.describe(
    currency_id="Its id, like: gems", name="One of them", plural="Several", emoji="Their emoji"
)
async def declare(
    interaction: Interaction,
    currency_id: app_commands.Range[str, 1, 12],
    name: Name,
    plural: Name,
    emoji: Emoji,
) -> None:
    """Give this server another currency, or one back that was retired"""
    given = {"name": name.strip(), "plural": plural.strip(), "emoji": emoji.strip()}
    await _preview(interaction, Change("declare", currency_id.strip().lower(), given))


@currency.command(name="name")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.rename(which="currency")
@app_commands.describe(
    name="One of them, like: shell",
    plural="Several of them, like: shells",
    emoji="Their emoji",
    which=currencies.WORD,
)
async def name_(
    interaction: Interaction,
    name: Name | None = None,
    plural: Name | None = None,
    emoji: Emoji | None = None,
    which: currencies.Which | None = None,
) -> None:
    """Choose the name or the emoji of a currency; what you leave out stays as it is"""
    given = {"name": name, "plural": plural, "emoji": emoji}
    chosen = {key: text.strip() for key, text in given.items() if text is not None}
    await _preview(interaction, Change("name", which or COINS, chosen))


@currency.command(name="retire")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.rename(which="currency")
@app_commands.describe(which="Which currency")
async def retire(interaction: Interaction, which: currencies.Which) -> None:
    """Give out no more of a currency; members keep what they have and can trade it away"""
    await _preview(interaction, Change("retire", which))


name_.autocomplete("which")(currencies.in_use)
retire.autocomplete("which")(currencies.in_use)


@currency.command(name="list")
@app_commands.checks.has_permissions(manage_guild=True)
async def list_(interaction: Interaction) -> None:
    """Every currency of this server, and how much of each there is"""

    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id
        found, made = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=READS,
            show=lambda conn: (currencies_of(conn, guild_id), supply(conn, guild_id)),
        )
        lines = [
            f"{coin.emoji} **{coin.title}** `{coin.currency}`: {look.number(made.get(key, 0))} "
            f"with members and the server{' (retired)' if coin.retired else ''}"
            for key, coin in found.known.items()
        ]
        embed = look.note("\n".join(lines), title="Currencies")
        embed.set_footer(
            text=f"{len(found.in_use)} of at most {deciding.MAX_CURRENCIES} \N{MIDDLE DOT} "
            "another one: /currency declare"
        )
        return Reply(embed, private=True)

    await answer(interaction, work, private=True)


async def _preview(interaction: Interaction, change: Change) -> None:
    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> tuple[CurrencyChanged, Currencies, dict[str, int]]:
            among = currencies_of(conn, asked.guild_id)
            return _decide(asked, change, among), among, supply(conn, asked.guild_id)

        fact, among, made = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        embed = _sheet(fact, among, TITLES[change.what][0])
        if change.what == "retire":
            left = among.of(fact.currency).words(made.get(fact.currency, 0))
            embed.description = (
                f"{left} stay where they are: members can look at them, trade them away and be "
                "paid back in them, but no more are given out or paid."
            )
        arguments = [change.what, fact.currency, str(fact.revision - 1)]
        view = confirm.buttons("currency", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("currency")
async def act(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    what, which, revision = sure.arguments
    shown = {field.name: field.value or "" for field in sure.preview.fields} if sure.preview else {}
    chosen = {key: shown[title] for key, title in LOOK.items() if title in shown}
    change = Change(what, which, chosen, int(revision))

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)
        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=lambda conn: [decide_once(conn, asked, change)],
            show=_now,
        )
        fact, position = done.facts[0].event, done.facts[0].position
        assert isinstance(fact, CurrencyChanged)
        embed = _sheet(fact, done.shown, TITLES[what][1])
        embed.colour = look.GREEN
        embed.set_footer(text=f"#{position} in this server's log")
        return Reply(embed, update=True, position=position, recorded=True)

    await answer(interaction, work, private=True)


def decide_once(conn: Connection, asked: Asked, change: Change) -> CurrencyChanged:
    """The change as a fact; a second click on the same preview finds the one it made."""
    made = deciding.key(change.text, (change.based_on or 0) + 1)
    before = recorded(conn, asked.guild_id, made)
    if isinstance(before, CurrencyChanged) and before.interaction_id == asked.interaction_id:
        return before
    return _decide(asked, change, currencies_of(conn, asked.guild_id))


def _decide(asked: Asked, change: Change, among: Currencies) -> CurrencyChanged:
    """Raises Refused."""
    if change.what == "declare":
        wanted = Coin(**change.look, currency=change.text)
        return deciding.declare(asked, wanted, among=among, based_on=change.based_on)
    coin = among.meant(change.text)
    if change.what == "retire":
        return deciding.retire(asked, coin.currency, among=among, based_on=change.based_on)
    wanted = dataclasses.replace(coin, **change.look)
    return deciding.name_currency(asked, wanted, among=among, based_on=change.based_on)


def _sheet(fact: CurrencyChanged, among: Currencies, title: str) -> discord.Embed:
    """How amounts look with it."""
    named = isinstance(fact, CurrencyNamed)
    coin = fact.coin if isinstance(fact, CurrencyNamed) else among.of(fact.currency)
    embed = look.note(sample(coin) if named else f"No more {coin.plural} are given out.")
    embed.title = title
    for key, name in LOOK.items() if named else ():
        embed.add_field(name=name, value=getattr(coin, key))
    return embed


def sample(coin: Coin) -> str:
    """How amounts look with it."""
    return f"{look.money(1234, coin)}\n{coin.words(1)}, {coin.words(1234)}"


def supply(conn: Connection, guild_id: int) -> dict[str, int]:
    """How much there is of each currency."""
    rows = fetch(conn, "accounts", "books", guild=guild_id)
    return {row["currency"]: row["made"] - row["destroyed"] for row in rows}


def _now(conn: Connection, facts: list[Fact]) -> Currencies:
    return currencies_of(conn, facts[0].event.guild_id)


COMMANDS: Commands = [currency]
