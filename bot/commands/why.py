"""``/why``: the facts and factors that made a number, newest first, with totals that add up."""

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy import currencies, holdings
from bot.handle import Call, look_up
from bot.paging import buttons, last_page, pager
from bot.points import reasons
from bot.points.factors import words
from bot.points.reasons import NUMBERS, Explanation, Reason
from events.currency import Coin
from events.engine.errors import Refused
from projections.points.pipeline import SENTENCE
from sql.pool import Connection

PAGE = 8
MONEY = "coins"
"""The number that there may be several currencies of."""
WORDS = {
    "achievement": "Achievements",
    "achievement_earned": "Achievements",
    "message": "Messages",
    "message_deleted": "Messages deleted",
    "reply_received": "Replies received",
    "reaction_given": "Reactions given",
    "reaction_received": "Reactions received",
    "thread": "Threads",
    "forum_post": "Forum posts",
    "voice": "Voice in company",
    "poll_vote": "Votes in polls",
    "event_attendance": "Scheduled events",
    "server_boost": "Boosts of the server",
    "badge": "Badges",
    "quest": "Quests",
    "quest_rewarded": "Quests",
    "award": "Awards by admins",
    "payment": "Payments",
    "coin_award": "Awards by admins",
    "level_reached": "Levels reached",
    "item_used": "Things used",
    "pet_adopted": "Pets adopted",
    "pet_fed": "Meals for pets",
    "bank_deposit": "Bank deposits",
    "bank_withdrawal": "Bank withdrawals",
    "bank_upgrade": "Bank upgrades",
    "trade_change": "Trades changed",
    "trade_confirm": "Put up for trades",
    "trade_settle": "Trades done",
    "trade_end": "Trades that came to nothing",
    "item_bought": "Bought in the shop",
    "item_sold": "Sold to the shop",
    "item_refunded": "Returned to the shop",
    "item_given": "Things given",
    "shop_burn": "Paid in the shop",
    "chance_played": "Games of chance",
    "wager_played": "Wagers",
    "auction_start": "Put up for auction",
    "auction_bid": "Bids in auctions",
    "auction_sold": "Auctions that ended",
    "auction_return": "Auctions without a buyer",
    "economy_reset": "Resets by admins",
    "economy_undo": "Acts undone",
    "debt_collected": "Debts paid",
    "interest": "Interest",
    "tax": "Tax",
    "levy": "Levy on wealth",
    "decay": "Decay while away",
    "xp_decay": "Decay while away",
    "xp_restore": "Decay undone",
    "prestige": "Prestiges",
    "daily_claim": "Daily coins",
    "weekly_claim": "Weekly coins",
    "season_reward": "Places in seasons",
    "activity": "Work and other activities",
}


@app_commands.command(name="why")
@app_commands.guild_only()
@app_commands.describe(
    number="Which number to explain",
    member="Whose; yours if you leave it out",
    currency="Which money to explain, where there is more than the coins",
)
@app_commands.choices(
    number=[app_commands.Choice(name=title, value=key) for key, title in NUMBERS.items()]
)
async def why(
    interaction: Interaction,
    number: str | None = None,
    member: discord.Member | None = None,
    currency: currencies.Which | None = None,
) -> None:
    """Where a number comes from: every fact behind it, newest first"""
    asked_for = number or ("xp" if currency is None else MONEY)
    await _show(interaction, asked_for, (member or interaction.user).id, currency, 0, update=False)


why.autocomplete("currency")(currencies.every)


async def _show(
    interaction: Interaction,
    number: str,
    user_id: int,
    currency: str | None,
    page: int,
    *,
    update: bool,
) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def load(conn: Connection) -> tuple[Explanation, Coin]:
            coin = holdings.currencies_of(conn, guild_id).meant(currency)
            if currency is not None and number != MONEY:
                raise Refused(
                    f"{NUMBERS[number]} are no money. Leave out the number, or pick Coins."
                )
            found = reasons.explain(
                conn,
                guild_id,
                user_id,
                number,
                currency=coin.currency,
                limit=PAGE,
                offset=page * PAGE,
            )
            return found, coin

        found, coin = await services.work(
            look_up, services.database, guild_id, reads=reasons.READS, show=load
        )
        last = last_page(found.facts, PAGE)
        title = coin.title if number == MONEY else NUMBERS[number]
        return Reply(
            sheet(found, title, user_id, page, last),
            buttons("why", [number, str(user_id), coin.currency], page, last),
            private=True,
            update=update,
            position=found.page[0].position if found.page else None,
        )

    await answer(interaction, work, private=True)


def sheet(found: Explanation, unit: str, user_id: int, page: int, last: int) -> discord.Embed:
    """The explanation as an embed; ``unit`` is the number's title."""
    title = f"Why {look.number(found.number)} {unit}?"
    if not found.totals:
        none = look.note(f"<@{user_id}> has none yet, so there is nothing to explain.", title=title)
        return _not_paid(none, found)
    totals = [
        f"**{look.signed(t.amount)}** {WORDS.get(t.source, t.source)} ({look.number(t.facts)})"
        for t in found.totals
    ]
    totals.append(f"**= {look.number(sum(t.amount for t in found.totals))}** {unit}")
    facts = list(map(line, found.page)) or ["No more facts."]
    text = "\n".join([f"<@{user_id}>", "", *totals, "", "**Newest first**", *facts])
    embed = look.note(text[:4096], title=title)
    if page == 0 and found.page and found.page[0].number != "coins":
        embed.add_field(name="How it is made", value=SENTENCE, inline=False)
        _not_paid(embed, found)
    embed.set_footer(
        text=f"Page {page + 1} of {last + 1} \N{MIDDLE DOT} {look.number(found.facts)} facts"
        " \N{MIDDLE DOT} # is the place in this server's log"
    )
    return embed


def _not_paid(embed: discord.Embed, found: Explanation) -> discord.Embed:
    """With what gave nothing because the bot was blind, if there is any."""
    lines = [
        f"Voice in <#{one.channel_id}>: the bot was blind {look.window(one.began, one.ended)}"
        for one in found.unpaid
    ]
    if lines:
        embed.add_field(name="Not paid", value="\n".join(lines), inline=False)
    return embed


def line(reason: Reason) -> str:
    """One fact: what it gave, for what, when, by which factors, and where it stands in the log."""
    where = f" in <#{reason.channel_id}>" if reason.channel_id else ""
    how = words(reason.number, reason.factors)
    factors = f" ({how})" if how else ""
    other = reason.factors.get("with")
    company = f" with <@{other}>" if other else ""
    word = WORDS.get(reason.source, reason.source)
    quest = reason.factors.get("quest")
    if quest:
        word = f"{word} `{quest}`"
    return (
        f"`{look.signed(reason.amount)}` {word}{factors}{company}{where} "
        f"{look.ago(reason.occurred_at)} `#{reason.position}`"
    )


@pager("why")
async def turned(interaction: Interaction, arguments: list[str], page: int) -> None:
    """Another page of an explanation."""
    number, user_id, currency = arguments
    if number in NUMBERS and user_id.isdecimal() and len(user_id) < 20:
        which = currency if number == MONEY else None
        await _show(interaction, number, int(user_id), which, page, update=True)


COMMANDS: Commands = [why]
