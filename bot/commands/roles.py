"""``/roles reward``: roles that members earn by level, badge, rank or place in a season.

Each change is previewed: what it would be, and how many members would have the role at once."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Final, cast, get_args

import discord
from discord import app_commands

from bot import autocomplete, confirm, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.effects.giving import OBSTACLES, givable, obstacle
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.points import role_rewards as desk
from bot.recognition import badges
from events.decisions import role_rewards
from events.decisions.asked import Asked
from events.decisions.role_rewards import HIGHEST, Reward, due
from events.engine.errors import Refused
from events.engine.event import Event
from events.role_rewards import Ground, RoleRewardAdded, RoleRewardRemoved
from sql.pool import Connection
from sql.reads import Row, fetch

MAX_BADGE: Final = 100
MOST_TEXT: Final = 3800
NO_BADGE: Final = "-"
WAYS: Final = (
    (True, "Who has earned it keeps it, even when they no longer would."),
    (False, "Who no longer has earned it loses it."),
)

roles = app_commands.Group(
    name="roles",
    description="Roles that members earn (admins)",
    guild_only=True,
    default_permissions=discord.Permissions(manage_guild=True),
)
reward = app_commands.Group(name="reward", description="Roles as rewards", parent=roles)

Level = app_commands.Range[int, 1, HIGHEST["level"]]
Rank = app_commands.Range[int, 1, HIGHEST["rank"]]
Place = app_commands.Range[int, 1, HIGHEST["season"]]


@reward.command(name="add")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(
    role="The role to earn",
    level="Earned by reaching this level",
    badge="Earned by having this badge",
    rank="Earned by the first so many on the XP board",
    season="Earned by the first so many of the season that was closed last",
    keep="Keep it when it is no longer earned",
    replace="It takes the place of the lower rewards of its kind",
)
async def add(
    interaction: Interaction,
    role: discord.Role,
    level: Level | None = None,
    badge: app_commands.Range[str, 1, MAX_BADGE] | None = None,
    rank: Rank | None = None,
    season: Place | None = None,
    keep: bool = False,
    replace: bool = False,
) -> None:
    """Make a role a reward, or change how it is kept"""
    given: dict[str, int | str | None] = {
        "level": level,
        "badge": badge,
        "rank": rank,
        "season": season,
    }
    can_give = givable(interaction.guild)

    async def work(services: Services, call: Call) -> Reply:
        named = {ground: need for ground, need in given.items() if need is not None}
        if len(named) != 1:
            raise Refused("Say what it is for: one of level, badge, rank or season.")
        ((ground, need),) = named.items()

        def show(conn: Connection) -> tuple[Reward, int, int]:
            named_badge = badges.pick(conn, call.asked.guild_id, badge).badge if badge else None
            wanted = Reward(
                cast(Ground, ground),
                need if isinstance(need, int) else 0,
                named_badge,
                role.id,
                keep=keep,
                replace=replace,
            )
            _decide_add(conn, call.asked, wanted, can_give)
            return wanted, *_would_change(conn, call.asked.guild_id, wanted)

        wanted, gain, lose = await services.work(
            look_up, services.database, call.asked.guild_id, reads=desk.READS, show=show
        )
        embed = look.note(in_words(wanted), title="Make this a reward?")
        would = f"{look.count(gain, 'member')} would have it at once."
        if lose:
            would += f" {look.count(lose, 'member')} would lose a role that it takes the place of."
        embed.add_field(name="Now", value=would)
        view = confirm.buttons("rolereward", call.asked.interaction_id, _arguments(wanted))
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


add.autocomplete("badge")(badges.choices)


@confirmed("rolereward")
async def sure_added(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    can_give = givable(interaction.guild)

    async def work(services: Services, call: Call) -> Reply:
        wanted = _from(sure.arguments)
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)
        return await _done(
            services,
            call,
            lambda conn: _decide_add(conn, asked, wanted, can_give),
            look.note(in_words(wanted), title="A reward now", colour=look.GREEN),
        )

    await answer(interaction, work, private=True)


@reward.command(name="remove")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.rename(name="reward")
@app_commands.describe(name="Which reward")
async def remove(interaction: Interaction, name: app_commands.Range[str, 1, 100]) -> None:
    """Take a reward away; who has its role keeps the role"""

    async def work(services: Services, call: Call) -> Reply:
        row = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=desk.READS,
            show=lambda conn: _one(conn, call.asked, name),
        )
        one = desk.reward_of(row)
        embed = look.note(in_words(one), title="Remove this reward?")
        has = f"{look.count(row['members'], 'member')} earned it and would keep the role."
        embed.add_field(name="Now", value=f"{has} Take it from them in Discord if they should not.")
        view = confirm.buttons("roleunreward", call.asked.interaction_id, _arguments(one))
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("roleunreward")
async def sure_removed(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""

    async def work(services: Services, call: Call) -> Reply:
        one = _from(sure.arguments)
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)
        return await _done(
            services,
            call,
            lambda conn: _decide_remove(conn, asked, one.name),
            look.note(in_words(one), title="No reward any more", colour=look.GREEN),
        )

    await answer(interaction, work, private=True)


@reward.command(name="list")
@app_commands.checks.has_permissions(manage_guild=True)
async def list_(interaction: Interaction) -> None:
    """Every role that is a reward, who has it, and what is wrong with it"""
    guild = interaction.guild

    async def work(services: Services, call: Call) -> Reply:
        rows = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=desk.READS,
            show=lambda conn: fetch(conn, "role_rewards", "rewards", guild=call.asked.guild_id),
        )
        return Reply(sheet(rows, guild), private=True)

    await answer(interaction, work, private=True)


def sheet(rows: Sequence[Row], guild: discord.Guild | None) -> discord.Embed:
    """All rewards as an embed: 50 short lines fit."""
    if not rows:
        text = "No role is a reward yet. Make one with /roles reward add."
        return look.note(text, title="Roles as rewards")
    lines = []
    for row in rows:
        why = obstacle(guild, row["role_id"]) if guild else None
        marks = [word for word in ("keep", "replace") if row[word]]
        lines.append(
            f"<@&{row['role_id']}> for {ground_in_words(desk.reward_of(row))} \N{MIDDLE DOT} "
            f"{look.count(row['members'], 'member')}"
            + (f" ({', '.join(marks)})" if marks else "")
            + (f"\n\N{WARNING SIGN} {OBSTACLES[why]}" if why else "")
        )
    text = ""
    for place, line in enumerate(lines):
        if len(text) + len(line) > MOST_TEXT:
            text += f"and {look.count(len(lines) - place, 'reward')} more"
            break
        text += line + "\n"
    return look.note(text.rstrip(), title="Roles as rewards")


@remove.autocomplete("name")
async def known(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The rewards whose role or ground contains what was typed."""
    guild = interaction.guild

    def load(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
        for row in fetch(conn, "role_rewards", "rewards", guild=guild_id):
            role = guild.get_role(row["role_id"]) if guild else None
            name = role.name if role else "deleted role"
            yield f"{name} for {ground_in_words(desk.reward_of(row))}", row["reward"][:100]

    return await autocomplete.looked_up(interaction, current, desk.READS, load)


def in_words(one: Reward) -> str:
    """A reward and its ways in sentences."""
    kept = dict(WAYS)[one.keep]
    text = f"<@&{one.role_id}> for **{ground_in_words(one)}**. {kept}"
    return text + (" It takes the place of the lower ones of its kind." if one.replace else "")


def ground_in_words(one: Reward) -> str:
    """What a reward is for."""
    if one.ground == "level":
        return f"level {one.need}"
    if one.ground == "badge":
        return f"the badge {look.plain(one.badge, 0)}"
    first = "the first place" if one.need == 1 else f"the first {one.need} places"
    return f"{first} {'on the XP board' if one.ground == 'rank' else 'of the last season'}"


def _would_change(conn: Connection, guild_id: int, wanted: Reward) -> tuple[int, int]:
    """How many would have the role by this reward, and how many would lose another for it."""
    before = [one for one in desk.rewards(conn, guild_id) if one.name != wanted.name]
    gain = lose = 0
    for member in desk.standings(conn, guild_id, [*before, wanted]):
        after = due([*before, wanted], member)
        gain += wanted.name in after
        lose += bool(due(before, member).keys() - after.keys())
    return gain, lose


async def _done(
    services: Services,
    call: Call,
    decide: Callable[[Connection], list[Event]],
    embed: discord.Embed,
) -> Reply:
    def nothing_more(conn: Connection, facts: list[Fact]) -> None:
        """The reply shows what was asked for."""

    done = await services.work(
        handle, services.database, call, reads=desk.READS, decide=decide, show=nothing_more
    )
    position = done.facts[0].position
    embed.set_footer(text=f"#{position} in this server's log; roles follow within a minute")
    return Reply(embed, update=True, position=position, recorded=True)


def _decide_add(
    conn: Connection, asked: Asked, wanted: Reward, can_give: frozenset[int]
) -> list[Event]:
    """The change as a fact. A second click on the same preview finds the change it made."""
    revision = desk.revision_of(conn, asked.guild_id, wanted.name)
    newest = recorded(conn, asked.guild_id, role_rewards.key(wanted.name, revision))
    if isinstance(newest, RoleRewardAdded) and newest.interaction_id == asked.interaction_id:
        return [newest]
    current = desk.rewards(conn, asked.guild_id)
    return [role_rewards.add(asked, wanted, current=current, givable=can_give, revision=revision)]


def _decide_remove(conn: Connection, asked: Asked, name: str) -> list[Event]:
    revision = desk.revision_of(conn, asked.guild_id, name)
    newest = recorded(conn, asked.guild_id, role_rewards.key(name, revision))
    if isinstance(newest, RoleRewardRemoved) and newest.interaction_id == asked.interaction_id:
        return [newest]
    return [role_rewards.remove(asked, name, current=desk.rewards(conn, asked.guild_id))]


def _one(conn: Connection, asked: Asked, name: str) -> Row:
    """A reward in force, by its name. Raises Refused when there is none."""
    for row in fetch(conn, "role_rewards", "rewards", guild=asked.guild_id):
        if row["reward"] == name:
            return row
    raise Refused("There is no such reward. Pick one from the list.")


def _arguments(one: Reward) -> list[str]:
    ways = f"{int(one.keep)}{int(one.replace)}"
    return [one.ground, str(one.need), one.badge or NO_BADGE, str(one.role_id), ways]


def _from(arguments: Sequence[str]) -> Reward:
    """The reward that a preview was about."""
    ground, need, badge, role_id, ways = arguments
    assert ground in get_args(Ground)
    return Reward(
        cast(Ground, ground),
        int(need),
        None if badge == NO_BADGE else badge,
        int(role_id),
        keep=ways[0] == "1",
        replace=ways[1] == "1",
    )


COMMANDS: Commands = [roles]
