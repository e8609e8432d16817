"""``/transactions``: every move on a member's own accounts, in pages or as a file."""

import io
from dataclasses import dataclass

import discord
from discord import app_commands

from bot import holdings, look, transactions
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.commands.why import WORDS
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager
from bot.things import Things, things
from bot.transactions import KINDS, MOST, Moved
from events.currency import Coin
from events.engine.errors import Refused
from events.ledger import COINS, DEBT_PREFIX, ITEM_PREFIX
from sql.pool import Connection

READS = ["accounts", "shop"]
PAGE = 10
MAX_CHOICES = 25
ANY = "any"
"""Stands for every kind in a button."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose transactions, of which kind (None: every kind)."""

    user_id: int
    kind: str | None

    @property
    def arguments(self) -> list[str]:
        """As a button carries it."""
        return [str(self.user_id), self.kind or ANY]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of transactions and how to speak of what moved."""

    moves: list[Moved]
    count: int
    coin: Coin
    known: Things

    def what(self, move: Moved) -> str:
        """What moved: the coins' emoji, or a thing's name."""
        if move.currency == COINS:
            return self.coin.emoji
        if move.currency.startswith(DEBT_PREFIX):
            return "owed"
        return self.known.thing(move.currency.removeprefix(ITEM_PREFIX)).name


@app_commands.command(name="transactions")
@app_commands.guild_only()
@app_commands.describe(
    kind="Only this kind; all of them if you leave it out",
    member="Whose; yours if you leave it out (others' are for admins)",
)
async def transactions_(
    interaction: Interaction,
    kind: app_commands.Range[str, 1, 100] | None = None,
    member: discord.User | None = None,
) -> None:
    """Every move of your coins and things, newest first, also as a file"""
    wanted = Wanted((member or interaction.user).id, kind and _kind(kind))
    await _show(interaction, wanted, 0, update=False)


@transactions_.autocomplete("kind")
async def kinds(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The kinds whose name contains what was typed."""
    named = sorted((word(kind), kind) for kind in KINDS)
    found = [(name, kind) for name, kind in named if current.lower() in name.lower()]
    return [app_commands.Choice(name=name, value=kind) for name, kind in found][:MAX_CHOICES]


def word(kind: str) -> str:
    """What a kind of transaction is called."""
    return WORDS.get(kind) or kind.replace("_", " ").capitalize()


def _kind(text: str) -> str:
    """The kind that is meant: picked from the list, or its name typed out."""
    typed = text.strip().lower()
    return next((kind for kind in sorted(KINDS) if word(kind).lower() == typed), typed)


def _check(interaction: Interaction, wanted: Wanted) -> None:
    """Raises Refused for what is not this member's to see, and for a kind that does not exist."""
    own = wanted.user_id == interaction.user.id
    if not own and not interaction.permissions.manage_guild:
        raise Refused("You can see your own transactions; those of others are for admins.")
    if wanted.kind is not None and wanted.kind not in KINDS:
        raise Refused("There is no such kind of transaction. Pick one from the list.")


async def _show(interaction: Interaction, wanted: Wanted, number: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        _check(interaction, wanted)
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> Sheet:
            whose = (conn, guild_id, wanted.user_id, wanted.kind)
            return Sheet(
                transactions.page(*whose, limit=PAGE, offset=number * PAGE),
                transactions.count(*whose),
                holdings.coin_of(conn, guild_id),
                things(conn, guild_id),
            )

        found = await services.work(look_up, services.database, guild_id, reads=READS, show=load)
        last = last_page(found.count, PAGE)
        turns = _turns(wanted, number, last) if found.count else None
        return Reply(table(found, wanted, number, last), turns, private=True, update=update)

    await answer(interaction, work, private=True)


def _turns(wanted: Wanted, number: int, last: int) -> discord.ui.View:
    """Back and on where there are several pages, and the file."""
    view = buttons("transactions", wanted.arguments, number, last)
    view = view or discord.ui.View(timeout=None)
    view.add_item(Press("transactionsfile", wanted.arguments, label="Save as CSV"))
    return view


def table(found: Sheet, wanted: Wanted, number: int, last: int) -> discord.Embed:
    """One page as an embed."""
    title = "Transactions" if wanted.kind is None else f"Transactions: {word(wanted.kind)}"
    if not found.moves:
        text = f"<@{wanted.user_id}> has none yet." if not found.count else "No more of them."
        return look.note(text, title=title)
    lines = [_line(found, move) for move in found.moves]
    embed = look.note(f"<@{wanted.user_id}>\n" + "\n".join(lines), title=title)
    embed.set_footer(
        text=f"Page {number + 1} of {last + 1} \N{MIDDLE DOT} {look.number(found.count)} in all"
        " \N{MIDDLE DOT} # is the place in this server's log"
    )
    return embed


def _line(found: Sheet, move: Moved) -> str:
    company = f" with <@{move.counterpart_id}>" if move.counterpart_id else ""
    place = "" if move.place == "wallet" else f" ({move.place})"
    return (
        f"`{look.signed(move.amount)}` {found.what(move)} {word(move.kind)}{company}{place}, "
        f"then {look.number(move.balance)}, {look.ago(move.occurred_at)} `#{move.position}`"
    )


@pager("transactions")
async def turned(interaction: Interaction, arguments: list[str], number: int) -> None:
    """Another page."""
    await _show(interaction, _wanted(arguments), number, update=True)


@pressed("transactionsfile")
async def save(interaction: Interaction, arguments: list[str]) -> None:
    """All of them in a file, for the one who pressed alone."""
    wanted = _wanted(arguments)

    async def work(services: Services, call: Call) -> Reply:
        _check(interaction, wanted)
        guild_id = call.asked.guild_id
        moves = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=READS,
            show=lambda conn: transactions.page(
                conn, guild_id, wanted.user_id, wanted.kind, limit=MOST + 1
            ),
        )
        text = f"{look.count(len(moves[:MOST]), 'transaction')} of <@{wanted.user_id}>."
        if len(moves) > MOST:
            text += " Older ones are left out; ask for one kind at a time to see further back."
        name = f"transactions-{wanted.user_id}.csv"
        file = discord.File(io.BytesIO(transactions.as_csv(moves[:MOST])), filename=name)
        return Reply(look.note(text, colour=look.GREEN), private=True, files=[file])

    await answer(interaction, work, private=True)


def _wanted(arguments: list[str]) -> Wanted:
    """What a button says."""
    user_id, kind = arguments
    return Wanted(int(user_id), None if kind == ANY else kind)


COMMANDS: Commands = [transactions_]
