"""``/transactions``: every move on a member's own accounts, in pages or as a file."""

import io
from dataclasses import dataclass, replace

import discord
from discord import app_commands

from bot import autocomplete, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.commands.why import WORDS
from bot.economy import currencies, transactions
from bot.economy.goods import Names, names_of
from bot.economy.holdings import currencies_of
from bot.economy.transactions import KINDS, MOST, Moved, Wanted
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager
from events.engine.errors import Refused
from events.ledger import DEBT_PREFIX
from sql.pool import Connection

READS = ["accounts", "shop"]
PAGE = 10
ANY = "-"
"""Stands for every kind or currency in a button."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of transactions and how to speak of what moved."""

    moves: list[Moved]
    count: int
    names: Names

    def what(self, move: Moved) -> str:
        """What moved: a currency's emoji, or a thing's name."""
        if move.currency.startswith(DEBT_PREFIX):
            return f"{self.names.unit(move.currency.removeprefix(DEBT_PREFIX))} owed"
        return self.names.unit(move.currency)


@app_commands.command(name="transactions")
@app_commands.guild_only()
@app_commands.describe(
    kind="Only this kind; all of them if you leave it out",
    currency="Only this currency; all of them, and things, if you leave it out",
    member="Whose; yours if you leave it out (others' are for admins)",
)
async def transactions_(
    interaction: Interaction,
    kind: app_commands.Range[str, 1, 100] | None = None,
    currency: currencies.Which | None = None,
    member: discord.User | None = None,
) -> None:
    """Every move of your coins and things, newest first, also as a file"""
    wanted = Wanted((member or interaction.user).id, kind and _kind(kind), currency)
    await _show(interaction, wanted, 0, update=False)


@transactions_.autocomplete("kind")
async def kinds(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The kinds whose name contains what was typed."""
    return autocomplete.matching(current, sorted((word(kind), kind) for kind in KINDS))


transactions_.autocomplete("currency")(currencies.every)


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


def _meant(wanted: Wanted, names: Names) -> Wanted:
    """The same with the currency's id. Raises Refused for one that the guild never had."""
    if wanted.currency is None:
        return wanted
    return replace(wanted, currency=names.currencies.meant(wanted.currency).currency)


async def _show(interaction: Interaction, wanted: Wanted, number: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        _check(interaction, wanted)
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> Sheet:
            names = names_of(conn, guild_id)
            meant = _meant(wanted, names)
            return Sheet(
                transactions.page(conn, guild_id, meant, limit=PAGE, offset=number * PAGE),
                transactions.count(conn, guild_id, meant),
                names,
            )

        found = await services.work(look_up, services.database, guild_id, reads=READS, show=load)
        last = last_page(found.count, PAGE)
        meant = _meant(wanted, found.names)
        turns = _turns(meant, number, last) if found.count else None
        return Reply(table(found, meant, number, last), turns, private=True, update=update)

    await answer(interaction, work, private=True)


def _turns(wanted: Wanted, number: int, last: int) -> discord.ui.View:
    """Back and on where there are several pages, and the file."""
    arguments = [str(wanted.user_id), wanted.kind or ANY, wanted.currency or ANY]
    view = buttons("transactions", arguments, number, last)
    view = view or discord.ui.View(timeout=None)
    view.add_item(Press("transactionsfile", arguments, label="Save as CSV"))
    return view


def table(found: Sheet, wanted: Wanted, number: int, last: int) -> discord.Embed:
    """One page as an embed."""
    parts = [word(wanted.kind)] if wanted.kind else []
    parts += [found.names.title(wanted.currency)] if wanted.currency else []
    title = "Transactions" + (f": {', '.join(parts)}" if parts else "")
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
        moves, known = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=READS,
            show=lambda conn: (
                transactions.page(conn, guild_id, wanted, limit=MOST + 1),
                currencies_of(conn, guild_id),
            ),
        )
        text = f"{look.count(len(moves[:MOST]), 'transaction')} of <@{wanted.user_id}>."
        if len(moves) > MOST:
            text += " Older ones are left out; ask for one kind at a time to see further back."
        name = f"transactions-{wanted.user_id}.csv"
        data = transactions.as_csv(moves[:MOST], lambda one: known.of(one).plural)
        file = discord.File(io.BytesIO(data), filename=name)
        return Reply(look.note(text, colour=look.GREEN), private=True, files=[file])

    await answer(interaction, work, private=True)


def _wanted(arguments: list[str]) -> Wanted:
    """What a button says."""
    user_id, kind, currency = (None if one == ANY else one for one in arguments)
    return Wanted(int(user_id or 0), kind, currency)


COMMANDS: Commands = [transactions_]
