"""``/points multiply`` and ``/points group``: previewed, confirmed, recorded as rules."""

import dataclasses
from collections.abc import Callable
from typing import Any, Final

import discord
from discord import app_commands

from bot import autocomplete, confirm, look
from bot.answer import Interaction, Reply, Services, answer
from bot.confirm import Confirmed, confirmed
from bot.handle import Call, Fact, handle, look_up
from bot.points.admin import READS, places, points
from events.decisions import multipliers as deciding
from events.decisions.asked import Asked
from events.engine.errors import Refused
from events.engine.event import Event
from events.multipliers import ANY, ChannelGrouped, MultiplierSet, group
from projections.engine.places import Places
from projections.engine.ruling import rules_now
from projections.points.rates import SOURCES
from sql.pool import Connection

USUAL: Final = "usual"
FOOTER: Final = "It applies to what happens from now on"
Decide = Callable[[Connection, Asked], Event]


@points.command(name="multiply")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.rename(in_category="category", of_role="role", in_group="group")
@app_commands.describe(
    percent="What XP counts there: 150 is half as much again; leave it out for as usual",
    source="For what; for everything if you leave it out",
    in_category="In this category of channels",
    in_group="In this group of channels",
    of_role="For members with this role",
)
async def multiply(
    interaction: Interaction,
    percent: app_commands.Range[int, 0, deciding.MOST_PERCENT] | None = None,
    source: str = ANY,
    in_category: discord.CategoryChannel | None = None,
    in_group: app_commands.Range[str, 1, 24] | None = None,
    of_role: discord.Role | None = None,
) -> None:
    """Let XP count more or less in a category or group of channels, or for a role"""

    def decide(conn: Connection, asked: Asked) -> Event:
        name = None if in_group is None else deciding.group_name(in_group)
        named = places.wanted(in_category, of_role, name)
        if len(named) != 1:
            raise Refused("Name one of the three: a category, a group of channels, or a role.")
        return _multiplier(conn, asked, named[0], source, percent)

    def arguments(fact: Event) -> list[str]:
        assert isinstance(fact, MultiplierSet)
        shown = USUAL if fact.percent is None else str(fact.percent)
        return [*places.kind_of(fact.what), fact.source, shown, str(fact.revision)]

    await _preview(interaction, "multiply", decide, arguments)


multiply.autocomplete("source")(places.sources)


@points.command(name="group")
@app_commands.checks.has_permissions(manage_guild=True)
@app_commands.describe(
    channel="Which channel; its threads go with it",
    name="The group; leave it out to put the channel back under its category",
)
async def group_(
    interaction: Interaction,
    channel: discord.abc.GuildChannel,
    name: app_commands.Range[str, 1, 24] | None = None,
) -> None:
    """Put a channel into a group of your own, with multipliers of its own"""

    def decide(conn: Connection, asked: Asked) -> Event:
        return _grouped(conn, asked, channel.id, name)

    def arguments(fact: Event) -> list[str]:
        assert isinstance(fact, ChannelGrouped)
        return [str(channel.id), fact.group or "", str(fact.revision)]

    await _preview(interaction, "pointsgroup", decide, arguments)


@multiply.autocomplete("in_group")
@group_.autocomplete("name")
async def groups(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The groups that there are."""
    return await autocomplete.looked_up(interaction, current, READS, _known)


def _known(conn: Connection, guild_id: int) -> list[tuple[str, str]]:
    found = rules_now(conn, guild_id).places.grouped.values()
    names = sorted({fact.group for fact in found if fact.group is not None})
    return list(zip(names, names, strict=True))


@confirmed("multiply")
async def multiplied(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed a multiplier."""
    kind, name, source, percent, revision = sure.arguments
    what = places.what_of(kind, name)
    if what is None:
        return

    def decide(conn: Connection, asked: Asked) -> Event:
        value = None if percent == USUAL else int(percent)
        return _multiplier(conn, asked, what, source, value, int(revision))

    await _act(interaction, sure, decide)


@confirmed("pointsgroup")
async def grouped(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed a group."""
    channel_id, name, revision = sure.arguments

    def decide(conn: Connection, asked: Asked) -> Event:
        return _grouped(conn, asked, int(channel_id), name or None, int(revision))

    await _act(interaction, sure, decide)


async def _preview(
    interaction: Interaction, what: str, decide: Decide, arguments: Callable[[Event], list[str]]
) -> None:
    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def preview(conn: Connection) -> tuple[Event, str]:
            fact = decide(conn, asked)
            return fact, _words(fact)

        fact, text = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=preview
        )
        embed = look.note(text, title="Change how XP counts?")
        embed.set_footer(text=FOOTER)
        view = confirm.buttons(what, asked.interaction_id, arguments(fact))
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


async def _act(interaction: Interaction, sure: Confirmed, decide: Decide) -> None:
    async def work(services: Services, call: Call) -> Reply:
        own = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)
        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=lambda conn: [decide(conn, own)],
            show=_nothing_more,
        )
        fact = done.facts[0]
        embed = look.note(_words(fact.event), colour=look.GREEN, title="Changed")
        embed.set_footer(text=f"#{fact.position} in this server's log. {FOOTER}")
        return Reply(embed, update=True, position=fact.position, recorded=True)

    await answer(interaction, work, private=True)


def _multiplier(
    conn: Connection,
    asked: Asked,
    what: str,
    source: str,
    percent: int | None,
    revision: int | None = None,
) -> Event:
    """The multiplier as a fact. A second click on the same preview finds the fact it made; one on a
    preview that somebody else was faster than is refused."""
    found = rules_now(conn, asked.guild_id).places
    newest = found.multipliers.get((what, source))
    if newest is not None and newest.interaction_id == asked.interaction_id:
        return newest
    _check(revision, 0 if newest is None else newest.revision)
    if what.startswith(group("")):
        _check_group(found, what)
    in_force = sum(fact.percent is not None for fact in found.multipliers.values())
    return deciding.set_multiplier(
        asked, what, source, percent, newest, sources=SOURCES, in_force=in_force
    )


def _check_group(found: Places, what: str) -> None:
    known = {group(fact.group) for fact in found.grouped.values() if fact.group is not None}
    if what not in known and not any(other == what for other, _ in found.multipliers):
        raise Refused("There is no channel in that group. Put one into it with /points group.")


def _grouped(
    conn: Connection, asked: Asked, channel_id: int, name: str | None, revision: int | None = None
) -> Event:
    found = rules_now(conn, asked.guild_id).places
    newest = found.grouped.get(channel_id)
    if newest is not None and newest.interaction_id == asked.interaction_id:
        return newest
    _check(revision, 0 if newest is None else newest.revision)
    count = sum(fact.group is not None for fact in found.grouped.values())
    return deciding.group_channel(asked, channel_id, name, newest, grouped=count)


def _check(previewed: int | None, stands: int) -> None:
    if previewed is not None and previewed != stands + 1:
        raise Refused("That was changed meanwhile. Look again with /points rules.")


def _words(fact: Event) -> str:
    if isinstance(fact, MultiplierSet):
        return (
            f"XP for **{places.source_words(fact.source)}** in or for {places.shown(fact.what)}: "
            f"{places.counts(fact.previous)} \N{RIGHTWARDS ARROW} **{places.counts(fact.percent)}**"
        )
    assert isinstance(fact, ChannelGrouped)
    after = "its category" if fact.group is None else f"the group **{fact.group}**"
    return f"<#{fact.channel_id}> counts as part of {after}."


def _nothing_more(conn: Connection, facts: list[Fact]) -> Any:
    """The reply shows the fact itself."""
