"""The activities (``/work``, ``/fish`` and so on): one command for each line of their table."""

import secrets
from typing import Any

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy.holdings import coin_of
from bot.economy.standing import carried
from bot.handle import Call, Fact, handle
from events.activities import ACTIVITIES, Activity, ActivityDone
from events.currency import Coin
from events.decisions.activities import do_activity
from events.decisions.draws import SEED_BITS
from events.ledger import COINS
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import fetch_one

READS = ["accounts", "activities"]


def command_for(activity: Activity) -> app_commands.Command[Any, Any, Any]:
    """The slash command that does ``activity``."""

    async def callback(interaction: Interaction) -> None:
        async def work(services: Services, call: Call) -> Reply:
            return await services.work(do, services, call, activity, secrets.randbits(SEED_BITS))

        await answer(interaction, work)

    return app_commands.guild_only()(
        app_commands.Command(name=activity.id, description=activity.description, callback=callback)
    )


def do(services: Services, call: Call, activity: Activity, seed: int) -> Reply:
    """Do ``activity`` once, and tell what came of it."""
    asked = call.asked

    def decide(conn: Connection) -> list[ActivityDone]:
        rules = rules_now(conn, asked.guild_id)
        where = {"guild": asked.guild_id, "user": asked.user_id}
        row = fetch_one(conn, "activities", "ready_at", **where, activity=activity.id)
        return [
            do_activity(
                asked,
                activity,
                seed=seed,
                percent=rules.number("activity_percent"),
                balance=carried(conn, asked.guild_id, asked.user_id, COINS),
                ready_at=row["ready_at"] if row else None,
                coin=rules.coin,
            )
        ]

    done = handle(services.database, call, reads=READS, decide=decide, show=_coin)
    fact = done.facts[0].event
    assert isinstance(fact, ActivityDone)
    return Reply(told(activity, fact, done.shown), position=done.facts[0].position, recorded=True)


def told(activity: Activity, fact: ActivityDone, coin: Coin) -> discord.Embed:
    """The text that was drawn, with the coins, and when it can be done again."""
    texts = activity.won if fact.won else activity.lost
    coins = look.money(fact.amount, coin)
    text = texts[fact.telling % len(texts)].replace("{coins}", coins)
    again = look.ago(fact.ready_at)
    embed = look.note(
        f"{text}\nOpen again {again}.",
        colour=look.GREEN if fact.won else look.GREY,
        title=activity.id.capitalize(),
    )
    embed.set_footer(text=f"Drawn with seed {fact.seed}")
    return embed


def _coin(conn: Connection, facts: list[Fact]) -> Coin:
    """The reply shows the fact itself, in the guild's own coins."""
    return coin_of(conn, facts[0].event.guild_id)


COMMANDS: Commands = [command_for(activity) for activity in ACTIVITIES.values()]
