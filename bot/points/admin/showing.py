"""``/points rules``: the sentence that says how points are made, what each source gives, and what
counts more, less or nothing."""

from collections.abc import Iterator

import discord
from discord import app_commands

from bot import look
from bot.answer import Interaction, Reply, Services, answer
from bot.commands.why import WORDS
from bot.handle import Call, look_up
from bot.points.admin import READS, places, points
from projections.engine.rules import Rules
from projections.engine.ruling import rules_now
from projections.points.pipeline import SENTENCE
from projections.points.rates import SOURCES, Rate, rates_of

MOST = 20
"""Lines of a kind that are shown."""


@points.command(name="rules")
@app_commands.checks.has_permissions(manage_guild=True)
async def rules(interaction: Interaction) -> None:
    """How points are made here: every source, multiplier and exclusion"""

    async def work(services: Services, call: Call) -> Reply:
        found = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=READS,
            show=lambda conn: rules_now(conn, call.asked.guild_id),
        )
        return Reply(sheet(found), private=True)

    await answer(interaction, work, private=True)


def sheet(found: Rules) -> discord.Embed:
    """The rules as an embed."""
    rates = found.derived(rates_of)
    embed = look.note(SENTENCE, title="How points are made")
    lines = [_source(key, rates.sources.get(key)) for key in SOURCES]
    embed.add_field(name="Sources", value="\n".join(lines)[:1024], inline=False)
    for title, some in (
        ("Multipliers", list(_multipliers(found))),
        ("Groups of channels", list(_groups(found))),
        ("Without points", list(_without(found))),
    ):
        shown = [*some[:MOST], *([f"... {len(some) - MOST} more"] if len(some) > MOST else [])]
        embed.add_field(name=title, value="\n".join(shown)[:1024] or "None", inline=False)
    embed.set_footer(text="Change rates with /settings, places and roles with /points")
    return embed


def _source(key: str, rate: Rate | None) -> str:
    name = WORDS.get(key, key)
    if rate is None:
        return f"{name}: nothing"
    xp = str(rate.low) if rate.low == rate.high else f"{rate.low} to {rate.high}"
    often = f", every {look.count(rate.cooldown, 'second')}" if rate.cooldown else ""
    caps = [
        f"{look.number(cap)} {span}"
        for cap, span in ((rate.hour_cap, "an hour"), (rate.day_cap, "a day"))
        if cap
    ]
    most = f", at most {' and '.join(caps)}" if caps else ""
    return f"{name}: **{xp}** XP, {look.count(rate.stars, 'star')}{often}{most}"


def _multipliers(found: Rules) -> Iterator[str]:
    for (what, source), fact in sorted(found.places.multipliers.items()):
        if fact.percent is not None:
            words = places.source_words(source)
            yield f"{places.shown(what)}, {words}: **{places.counts(fact.percent)}**"


def _groups(found: Rules) -> Iterator[str]:
    groups: dict[str, list[int]] = {}
    for channel_id, fact in sorted(found.places.grouped.items()):
        if fact.group is not None:
            groups.setdefault(fact.group, []).append(channel_id)
    for name, channels in sorted(groups.items()):
        yield f"**{name}**: {' '.join(f'<#{one}>' for one in channels[:MOST])}"


def _without(found: Rules) -> Iterator[str]:
    for key, mark in (("no_xp_channels", "#"), ("no_xp_categories", "#"), ("no_xp_roles", "@&")):
        yield from (f"<{mark}{one}>" for one in sorted(found.ids(key)))
