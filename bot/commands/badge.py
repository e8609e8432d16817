"""``/badge``: badges are made, given, passed on and taken back, and their trees looked at."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Final, get_args

import discord
from discord import app_commands

from bot import confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.members import known_receiver
from bot.paging import buttons, last_page, pager
from bot.recognition import badge_desk as desk
from bot.recognition import badges
from events.badges import BadgeGiven, Passing, Rarity
from events.decisions.asked import Asked
from events.decisions.badges import (
    MAX_EMOJI,
    MAX_NAME,
    MAX_REASON,
    MAX_TEXT,
    Kind,
)
from events.decisions.badges import (
    give as decide_give,
)
from events.engine.errors import Refused
from sql.pool import Connection
from sql.reads import Row

PAGE: Final = 20
REASON: Final = "For"

group = app_commands.Group(
    name="badge", description="Badges: who has them, and from whom", guild_only=True
)


@group.command(name="give")
@app_commands.describe(
    member="Who gets it", badge="Which badge", reason="What for; everybody can read it"
)
async def give(
    interaction: Interaction,
    member: discord.Member,
    badge: app_commands.Range[str, 1, 100],
    reason: app_commands.Range[str, 1, MAX_REASON] | None = None,
) -> None:
    """Give a member a badge: pass your own on, or any as an admin"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> tuple[Kind, BadgeGiven]:
            kind = badges.pick(conn, asked.guild_id, badge)
            return kind, _decide(conn, asked, interaction, kind, member.id, reason)

        kind, fact = await services.work(
            look_up, services.database, asked.guild_id, reads=badges.READS, show=show
        )
        how = "passed on from yours" if fact.parent else "new, as from an admin"
        embed = look.note(
            f"<@{member.id}> would get **{badges.title(kind)}**: {how}.",
            title="Give this badge?",
            colour=badges.COLOURS[kind.rarity],
        )
        if reason:
            embed.add_field(name=REASON, value=reason)
        arguments = [str(asked.user_id), str(member.id), kind.badge]
        view = confirm.buttons("badge", asked.interaction_id, arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("badge", by_asker=True)
async def sure_given(interaction: Interaction, sure: Confirmed) -> None:
    """Whoever asked has confirmed. The reply goes to the channel: a badge is there to be seen."""
    _, user_id, badge = sure.arguments
    reason = sure.reason

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> Sequence[BadgeGiven]:
            before = recorded(conn, asked.guild_id, asked.source_id(BadgeGiven.event_type))
            if isinstance(before, BadgeGiven):
                return [before]
            kind = badges.pick(conn, asked.guild_id, badge)
            return [_decide(conn, asked, interaction, kind, int(user_id), reason)]

        done = await services.work(
            handle, services.database, call, reads=badges.READS, decide=decide, show=_given
        )
        position = done.facts[0].position
        done.shown.set_footer(text=f"#{position} in this server's log")
        return Reply(done.shown, position=position, recorded=True)

    await answer(interaction, work)


@group.command(name="revoke")
@app_commands.describe(member="From whom", badge="Which badge")
async def revoke(
    interaction: Interaction, member: discord.User, badge: app_commands.Range[str, 1, 100]
) -> None:
    """Take a badge back, alone or with all that was passed on from it (admins)"""
    await desk.ask_revoke(interaction, member.id, badge)


@group.command(name="define")
@app_commands.describe(
    badge="Its id: lower-case letters, digits and hyphens; one that there is is changed",
    name="What members call it",
    emoji="Shown before the name",
    description="What it is for",
    rarity="How special it is",
    given_by="Who gives it",
    role="Only holders with this role can pass it on",
    retired="True: nobody gets it any more; who has it keeps it",
)
@app_commands.choices(
    rarity=[app_commands.Choice(name=r.capitalize(), value=r) for r in get_args(Rarity)],
    given_by=[
        app_commands.Choice(name="Admins", value="admins"),
        app_commands.Choice(name="Admins, and whoever has it", value="holders"),
    ],
)
async def define(
    interaction: Interaction,
    badge: app_commands.Range[str, 1, 100],
    name: app_commands.Range[str, 1, MAX_NAME] | None = None,
    emoji: app_commands.Range[str, 1, MAX_EMOJI] | None = None,
    description: app_commands.Range[str, 1, MAX_TEXT] | None = None,
    rarity: Rarity | None = None,
    given_by: Passing | None = None,
    role: discord.Role | None = None,
    retired: bool | None = None,
) -> None:
    """Make a badge or change one, by options or in a form if you give none (admins)"""
    options = {
        "name": name and name.strip(),
        "emoji": emoji and emoji.strip(),
        "description": description,
        "rarity": rarity,
        "passing": given_by,
        "role_id": role and role.id,
        "retired": retired,
    }
    given: dict[str, Any] = {key: value for key, value in options.items() if value is not None}
    if given_by == "admins":
        given.setdefault("role_id", None)
    await desk.define(interaction, badge.strip().lower(), given)


@group.command(name="lineage")
@app_commands.describe(badge="Which badge", member="Whose tree; all trees if you leave it out")
async def lineage(
    interaction: Interaction,
    badge: app_commands.Range[str, 1, 100],
    member: discord.User | None = None,
) -> None:
    """Who passed a badge on to whom, as a tree"""
    await _show_tree(interaction, badge, member.id if member else 0, 0, update=False)


@pager("lineage")
async def turned(interaction: Interaction, arguments: list[str], page: int) -> None:
    """Another page of a tree."""
    badge, user_id = arguments
    if user_id.isdecimal() and len(user_id) < 20:
        await _show_tree(interaction, badge, int(user_id), page, update=True)


async def _show_tree(
    interaction: Interaction, badge: str, user_id: int, page: int, *, update: bool
) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id

        def show(conn: Connection) -> tuple[Kind, list[Row]]:
            kind = badges.pick(conn, guild_id, badge)
            return kind, _tree_of(conn, guild_id, kind, user_id)

        kind, rows = await services.work(
            look_up, services.database, guild_id, reads=badges.READS, show=show
        )
        last = last_page(len(rows), PAGE)
        place = min(page, last)
        lines = badges.tree(rows, user_id)[place * PAGE : (place + 1) * PAGE]
        embed = look.note(
            "\n".join(lines) or "Nobody has been given this badge yet.",
            title=f"{badges.title(kind)}: from whom to whom",
            colour=badges.COLOURS[kind.rarity],
        )
        embed.set_footer(text=_summary(rows, place, last))
        view = buttons("lineage", [kind.badge, str(user_id)], place, last)
        return Reply(embed, view, update=update)

    await answer(interaction, work)


def _tree_of(conn: Connection, guild_id: int, kind: Kind, user_id: int) -> list[Row]:
    """The tree in which a member has the badge, or all of them. Raises Refused."""
    root = None
    if user_id:
        award = badges.held(conn, guild_id, user_id, kind.badge)
        if award is None:
            raise Refused("That member does not have this badge. Leave the member out to see all.")
        root = badges.ancestors(conn, guild_id, award.award)[-1]["award"]
    return badges.lineage(conn, guild_id, kind.badge, root)


def _summary(rows: list[Row], page: int, last: int) -> str:
    held = sum(row["revoked_at"] is None for row in rows)
    deepest = max((row["depth"] for row in rows), default=0)
    parts = [
        f"Page {page + 1} of {last + 1}",
        f"{look.count(held, 'holder')}",
        f"passed on {look.count(deepest, 'time')} at most",
    ]
    if rows and rows[0]["awards"] > len(rows):
        parts.append(f"the first {look.number(len(rows))} of {look.number(rows[0]['awards'])}")
    return " \N{MIDDLE DOT} ".join(parts)


def _decide(
    conn: Connection,
    asked: Asked,
    interaction: Interaction,
    kind: Kind,
    user_id: int,
    reason: str | None,
) -> BadgeGiven:
    """The gift as a fact. Raises Refused."""
    roles = {role.id for role in getattr(interaction.user, "roles", ())}
    is_admin = interaction.permissions.manage_guild
    return decide_give(
        asked,
        kind,
        known_receiver(conn, interaction.guild, asked.guild_id, user_id),
        reason,
        badges.giver(
            conn, asked.guild_id, asked.user_id, kind.badge, is_admin=is_admin, roles=roles
        ),
        has_it=badges.held(conn, asked.guild_id, user_id, kind.badge) is not None,
    )


def _given(conn: Connection, facts: list[Fact]) -> discord.Embed:
    """The gift as everybody sees it."""
    fact = facts[0].event
    assert isinstance(fact, BadgeGiven)
    kind = badges.pick(conn, fact.guild_id, fact.badge)
    verb = "passed on" if fact.parent else "gave"
    embed = look.note(
        f"<@{fact.user_id}> {verb} **{badges.title(kind)}** to <@{fact.target_id}>.",
        colour=badges.COLOURS[kind.rarity],
        title=f"{kind.rarity.capitalize()} badge",
    )
    if kind.description:
        embed.add_field(name="It is for", value=kind.description)
    if fact.reason:
        embed.add_field(name=REASON, value=fact.reason)
    return embed


give.autocomplete("badge")(badges.choices)
revoke.autocomplete("badge")(badges.choices)
define.autocomplete("badge")(badges.choices)
lineage.autocomplete("badge")(badges.choices)

COMMANDS: Commands = [group]
