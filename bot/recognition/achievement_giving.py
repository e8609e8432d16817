"""Achievements by hand: an admin gives one or takes one back, asked first, done once."""

import dataclasses
from collections.abc import Sequence
from typing import Final

import discord

from bot import confirm, look
from bot.answer import Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy.holdings import balance_of, coin_of
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.members import known_receiver
from bot.recognition import achievements
from bot.recognition.achievements import READS
from events.achievements import AchievementEarned, AchievementRevoked
from events.decisions.achievements import Template, award_key, revocation
from events.decisions.achievements import give as decide_give
from events.decisions.achievements import revoke as decide_revoke
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.ledger import wallet
from sql.pool import Connection

REASON: Final = "For"


async def ask_give(
    interaction: Interaction, user_id: int, achievement: str, reason: str | None
) -> None:
    """Show what a member would get, and ask."""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> tuple[Template, str]:
            template = achievements.pick(conn, asked.guild_id, achievement)
            fact = _give(conn, asked, interaction, template, user_id, reason)
            paid = dataclasses.replace(template, xp=fact.xp, coins=fact.coins)
            return template, achievements.brings(paid, coin_of(conn, asked.guild_id))

        template, brings = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        embed = look.note(
            f"<@{user_id}> would get **{achievements.title(template)}**"
            f"{f' and {brings}' if brings else ', which brings nothing more'}.",
            title="Give this achievement?",
        )
        if reason:
            embed.add_field(name=REASON, value=reason)
        arguments = [str(user_id), template.achievement]
        view = confirm.buttons("achgive", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("achgive")
async def sure_given(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    user_id, achievement = int(sure.arguments[0]), sure.arguments[1]
    reason = sure.reason

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> Sequence[AchievementEarned]:
            template = achievements.pick(conn, asked.guild_id, achievement)
            before = _given_before(conn, asked, user_id, template)
            if before is not None:
                return [before]
            return [_give(conn, asked, interaction, template, user_id, reason)]

        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=decide,
            show=lambda conn, facts: achievements.pick(conn, asked.guild_id, achievement),
        )
        embed = look.note(
            f"<@{user_id}> got **{achievements.title(done.shown)}**.", colour=look.GREEN
        )
        return _with_place(embed, done.facts[0].position)

    await answer(interaction, work, private=True)


def _given_before(
    conn: Connection, asked: Asked, user_id: int, template: Template
) -> AchievementEarned | None:
    """What an earlier click on the same question has given."""
    for held in achievements.had(conn, asked.guild_id, user_id):
        base = award_key(user_id, template.achievement, held.season)
        for source_id in (base, f"{base}:again:{asked.interaction_id}"):
            fact = recorded(conn, asked.guild_id, source_id)
            mine = isinstance(fact, AchievementEarned) and (
                fact.interaction_id == asked.interaction_id
            )
            if mine and isinstance(fact, AchievementEarned):
                return fact
    return None


def _give(
    conn: Connection,
    asked: Asked,
    interaction: Interaction,
    template: Template,
    user_id: int,
    reason: str | None,
) -> AchievementEarned:
    """The gift as a fact. Raises Refused."""
    return decide_give(
        asked,
        template,
        known_receiver(conn, interaction.guild, asked.guild_id, user_id),
        reason,
        season=achievements.season_now(conn, asked.guild_id, asked.at),
        had=achievements.had(conn, asked.guild_id, user_id),
        balance=balance_of(conn, asked.guild_id, wallet(user_id)),
    )


async def ask_revoke(interaction: Interaction, user_id: int, achievement: str) -> None:
    """Show what a member would lose, and ask."""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> tuple[Template, int]:
            template = achievements.pick(conn, asked.guild_id, achievement)
            for held in reversed(achievements.had(conn, asked.guild_id, user_id)):
                if held.achievement == template.achievement and not held.revoked:
                    return template, held.award
            raise Refused("That member does not have this achievement.")

        template, award = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        embed = look.note(
            f"<@{user_id}> would lose **{achievements.title(template)}**, would keep what it "
            "brought, and would not get it again by themselves.",
            title="Take this achievement back?",
            colour=look.RED,
        )
        view = confirm.buttons("achrevoke", asked.interaction_id, [str(award)])
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("achrevoke")
async def sure_revoked(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    award = int(sure.arguments[0])

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> Sequence[AchievementRevoked]:
            before = recorded(conn, asked.guild_id, revocation(award))
            if isinstance(before, AchievementRevoked) and (
                before.interaction_id == asked.interaction_id
            ):
                return [before]
            return [decide_revoke(asked, achievements.held(conn, asked.guild_id, award))]

        def show(conn: Connection, facts: list[Fact]) -> str:
            fact = facts[0].event
            assert isinstance(fact, AchievementRevoked)
            template = achievements.pick(conn, fact.guild_id, fact.achievement)
            return f"<@{fact.target_id}> no longer has **{achievements.title(template)}**."

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=show
        )
        embed = look.note(done.shown, colour=look.GREEN)
        return _with_place(embed, done.facts[0].position)

    await answer(interaction, work, private=True)


def _with_place(embed: discord.Embed, position: int) -> Reply:
    embed.set_footer(text=f"#{position} in this server's log")
    return Reply(embed, update=True, position=position, recorded=True)
