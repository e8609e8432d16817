"""``/achievement``: admins offer achievements, change and retire them, give them and take them."""

import dataclasses
from collections.abc import Sequence
from typing import Final, get_args

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.economy.holdings import coin_of
from bot.forms import Form, open_filled_in
from bot.handle import Call, look_up, recorded
from bot.paging import buttons, last_page, pager
from bot.recognition import achievement_desk as desk
from bot.recognition import achievement_form, achievements
from bot.recognition import achievement_giving as giving
from bot.recognition.achievements import READS
from events.achievements import AchievementDefined, Scope
from events.badges import Rarity
from events.decisions.achievements import (
    MAX_EMOJI,
    MAX_ID,
    MAX_NAME,
    MAX_REASON,
    MAX_REWARD,
    MAX_TEXT,
    MAX_TIER,
    Template,
    check_id,
    key,
)
from events.decisions.achievements import define as decide_define
from events.decisions.goals import GOALS
from events.engine.errors import Refused
from events.ledger import MAX_AMOUNT
from sql.pool import Connection

PAGE: Final = 8
Achievement = app_commands.Range[str, 1, 100]

group = app_commands.Group(
    name="achievement",
    description="What members can achieve (admins)",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)


@group.command(name="create")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(
    achievement="Its id: lower-case letters, digits and hyphens",
    goal="What counts",
    number="How much of it",
    scope="Once in a lifetime, or anew in each season",
    rarity="How special it is",
    series="Achievements of one series are steps on the same way",
    tier="Which step of the series",
    xp="XP that it brings",
    coins="Coins that it brings",
    image="Address of an image, beginning with https://",
    channel="Where it is announced",
    emoji="Shown before the name",
)
@app_commands.choices(
    goal=[app_commands.Choice(name=goal.title, value=word) for word, goal in GOALS.items()],
    rarity=[app_commands.Choice(name=r.capitalize(), value=r) for r in get_args(Rarity)],
)
async def create(
    interaction: Interaction,
    achievement: app_commands.Range[str, 1, MAX_ID],
    goal: str = "messages",
    number: app_commands.Range[int, 1, MAX_AMOUNT] = 100,
    scope: Scope = "lifetime",
    rarity: Rarity = "common",
    series: app_commands.Range[str, 1, MAX_ID] | None = None,
    tier: app_commands.Range[int, 1, MAX_TIER] = 1,
    xp: app_commands.Range[int, 0, MAX_REWARD] = 0,
    coins: app_commands.Range[int, 0, MAX_REWARD] = 0,
    image: app_commands.Range[str, 1, MAX_TEXT] | None = None,
    channel: discord.TextChannel | None = None,
    emoji: app_commands.Range[str, 1, MAX_EMOJI] | None = None,
) -> None:
    """Offer a new achievement: a form opens, filled in with what you chose here"""
    wanted = Template(
        achievement.strip().lower(),
        achievement.replace("-", " ").strip().capitalize()[:MAX_NAME],
        goal,
        1 if goal == "custom" else number,
        scope=scope,
        rarity=rarity,
        series=series and series.strip().lower(),
        tier=tier,
        xp=xp,
        coins=coins,
        image_url=image and image.strip(),
        announce_channel_id=None if channel is None else channel.id,
    )
    if emoji:
        wanted = dataclasses.replace(wanted, emoji=emoji.strip())

    def fill_in(known: Sequence[Template]) -> Form:
        check_id(wanted.achievement)
        before = next((one for one in known if one.achievement == wanted.achievement), None)
        if before is not None and not before.retired:
            raise Refused("There is such an achievement. Change it with /achievement edit.")
        blank = dataclasses.replace(wanted, revision=before.revision if before else 0)
        return achievement_form.form(blank, new=True)

    await open_filled_in(interaction, ["achievement_templates"], achievements.templates, fill_in)


@group.command(name="edit")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(achievement="Which one; a retired one is offered again")
async def edit(interaction: Interaction, achievement: Achievement) -> None:
    """Change an achievement in a form; who has it keeps it"""

    def fill_in(known: Sequence[Template]) -> Form:
        typed = achievement.strip().lower()
        for one in known:
            if typed in (one.achievement, one.name.lower()):
                return achievement_form.form(one, new=False)
        raise Refused("There is no such achievement. Pick one from the list.")

    await open_filled_in(interaction, ["achievement_templates"], achievements.templates, fill_in)


@group.command(name="retire")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(achievement="Which one")
async def retire(interaction: Interaction, achievement: Achievement) -> None:
    """Stop giving an achievement; who has it keeps it"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> tuple[Template, int]:
            template = achievements.pick(conn, asked.guild_id, achievement)
            if template.retired:
                raise Refused("That achievement is retired already.")
            held = achievements.holders(conn, asked.guild_id)
            return template, held.get(template.achievement, 0)

        template, members = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        embed = look.note(
            f"**{achievements.title(template)}** would not be given any more. "
            f"{look.count(members, 'member')} would keep it.",
            title="Retire this achievement?",
        )
        arguments = [template.achievement, str(template.revision)]
        view = confirm.buttons("achretire", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("achretire")
async def sure_retired(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    achievement, revision = sure.arguments

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> Sequence[AchievementDefined]:
            before = recorded(conn, asked.guild_id, key(achievement, int(revision) + 1))
            if isinstance(before, AchievementDefined) and (
                before.interaction_id == asked.interaction_id
            ):
                return [before]
            now = achievements.pick(conn, asked.guild_id, achievement)
            known = achievements.templates(conn, asked.guild_id)
            gone = dataclasses.replace(now, retired=True)
            return [decide_define(asked, gone, known=known, based_on=int(revision))]

        return await desk.defined(services, call, decide, update=True)

    await answer(interaction, work, private=True)


@group.command(name="list")
@app_commands.checks.has_permissions(manage_guild=True)
async def show_list(interaction: Interaction) -> None:
    """Every achievement, with what it asks for and how many members have it"""
    await _page(interaction, 0, update=False)


@pager("achlist")
async def turned(interaction: Interaction, arguments: list[str], page: int) -> None:
    """Another page."""
    await _page(interaction, page, update=True)


async def _page(interaction: Interaction, page: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id
        known, held, coin = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=READS,
            show=lambda conn: (
                achievements.templates(conn, guild_id),
                achievements.holders(conn, guild_id),
                coin_of(conn, guild_id),
            ),
        )
        last = last_page(len(known), PAGE)
        place = min(page, last)
        embed = look.note("", title="Achievements")
        if not known:
            embed.description = "None yet. Make the first with `/achievement create`."
        for one in known[place * PAGE : (place + 1) * PAGE]:
            words = (
                achievements.asks(one),
                one.rarity,
                achievements.step_of(one),
                achievements.brings(one, coin),
                look.count(held.get(one.achievement, 0), "holder"),
                "**retired**" if one.retired else "",
            )
            value = f"`{one.achievement}` {achievements.DOT.join(filter(None, words))}"
            embed.add_field(name=achievements.title(one), value=value, inline=False)
        embed.set_footer(text=f"Page {place + 1} of {last + 1}")
        view = buttons("achlist", ["all"], place, last)
        return Reply(embed, view, private=True, update=update)

    await answer(interaction, work, private=True)


@group.command(name="give")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(member="Who gets it", achievement="Which one", reason="What for")
async def give(
    interaction: Interaction,
    member: discord.Member,
    achievement: Achievement,
    reason: app_commands.Range[str, 1, MAX_REASON] | None = None,
) -> None:
    """Give a member an achievement by hand, with what it brings"""
    await giving.ask_give(interaction, member.id, achievement, reason)


@group.command(name="revoke")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(member="From whom", achievement="Which one")
async def revoke(interaction: Interaction, member: discord.User, achievement: Achievement) -> None:
    """Take an achievement back; what it has brought stays with the member"""
    await giving.ask_revoke(interaction, member.id, achievement)


edit.autocomplete("achievement")(achievements.choices)
retire.autocomplete("achievement")(achievements.choices)
give.autocomplete("achievement")(achievements.choices)
revoke.autocomplete("achievement")(achievements.choices)

COMMANDS: Commands = [group]
