"""``/economy settings``: the rules of the economy, and what the next weekly runs would do."""

from datetime import datetime, timedelta

from discord import app_commands
from discord.utils import format_dt

from bot import look
from bot.answer import Interaction, Reply, Services, answer
from bot.economy import upkeep
from bot.economy.acts import TITLES, changes
from bot.economy.admin import economy
from bot.economy.holdings import coin_of
from bot.handle import Call, look_up
from events.decisions.upkeep import STEP, week_start
from projections.engine.ruling import rules_now
from sql.pool import Connection

SHOWN = (
    ("interest", "on what is in banks, from the mint"),
    ("tax", "on what wallets hold beyond {tax_free} {coins}, to the treasury"),
    (
        "levy",
        "on what a member holds in all beyond {levy_free} {coins}, twice as much beyond "
        "{levy_twice}, and so on, to the sink",
    ),
    ("decay", "of wallets of members unseen for {decay_idle_days} days, to the sink"),
)

TERMS = ("tax_free", "levy_free", "decay_idle_days")


@economy.command(name="settings")
@app_commands.checks.has_permissions(manage_guild=True)
async def settings(interaction: Interaction) -> None:
    """The rules of the economy, and what the next interest, tax, levy and decay do"""

    async def work(services: Services, call: Call) -> Reply:
        guild_id, now = call.asked.guild_id, call.asked.at
        parts = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=upkeep.READS,
            show=lambda conn: _parts(conn, guild_id, now),
        )
        embed = look.note(parts[0], title="Economy settings")
        for (name, _), part in zip(SHOWN, parts[1:], strict=True):
            embed.add_field(name=TITLES[name], value=part, inline=False)
        embed.set_footer(text="Change them with /settings set; every share is rounded down")
        return Reply(embed, private=True)

    await answer(interaction, work, private=True)


def _parts(conn: Connection, guild_id: int, now: datetime) -> list[str]:
    """The words on reasons, and those on each weekly run."""
    rules = rules_now(conn, guild_id)
    required = rules.number("economy_reason_required") == 1
    parts = [
        "Grants, takes, resets, awards of coins and undoing "
        + ("**need a reason**." if required else "need no reason.")
        + " (`economy_reason_required`)"
    ]
    terms = {key: look.number(rules.number(key)) for key in TERMS}
    terms["levy_twice"] = look.number(STEP * rules.number("levy_free"))
    terms["coins"] = rules.coin.plural
    for run, (_, what) in zip(upkeep.RUNS, SHOWN, strict=True):
        rate = rules.number(run.rate)
        head = f"**{percent(rate)}** a week {what.format(**terms)} (`{run.rate}`)"
        parts.append(
            f"{head}\n{_next(conn, guild_id, run, now)}" if rate else f"Off (`{run.rate}`)"
        )
    return parts


def _next(conn: Connection, guild_id: int, run: upkeep.Run, now: datetime) -> str:
    """When the next run is and what it would do if it were now."""
    moved = changes(upkeep.preview(conn, guild_id, run, now))
    total = sum(sum(sums.values()) for _, sums in moved)
    monday = week_start(now) + timedelta(days=7)
    coin = coin_of(conn, guild_id)
    is_due = upkeep.is_due(conn, guild_id, run, now)
    when = "Within minutes" if is_due else f"Next on {format_dt(monday, 'f')}"
    return f"{when}; today {look.signed(total)} {coin.emoji} for {look.count(len(moved), 'member')}"


def percent(rate: int) -> str:
    """Hundredths of a percent as ``1.25 %``."""
    return f"{rate // 100}.{rate % 100:02d} %"
