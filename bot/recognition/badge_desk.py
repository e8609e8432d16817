"""What admins do with badges: make and change them by options or a form, and take awards back."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import discord

from bot import look
from bot.answer import Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.forms import Form, opening, submitted
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.recognition import badges
from events.badges import BadgeDefined, BadgeRevoked
from events.decisions.asked import Asked
from events.decisions.badges import (
    MAX_EMOJI,
    MAX_NAME,
    MAX_TEXT,
    Award,
    Kind,
    check_id,
    revocation,
    unknown,
)
from events.decisions.badges import define as decide_define
from events.decisions.badges import revoke as decide_revoke
from events.engine.errors import Refused
from sql.pool import Connection
from sql.reads import fetch_one

ONE, ALL, NONE = "one", "all", "none"


async def define(interaction: Interaction, badge: str, given: dict[str, Any]) -> None:
    """Make or change a badge by what was ``given``; nothing given opens a form."""
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        if not allowed:
            raise Refused(look.NOT_ALLOWED)
        if not given:
            return await _form(services, call, badge)
        return await _defined(services, call, badge, given, None)

    await answer(interaction, work, private=True)


async def _form(services: Services, call: Call, badge: str) -> Reply:
    check_id(badge)
    known = await services.work(
        look_up,
        services.database,
        call.asked.guild_id,
        reads=badges.READS,
        show=lambda conn: badges.kinds(conn, call.asked.guild_id),
    )
    kind = known.get(badge) or unknown(badge)
    short, long = discord.TextStyle.short, discord.TextStyle.paragraph
    fields = [
        ("Name", _input("name", kind.name, short, MAX_NAME, required=True)),
        ("Emoji", _input("emoji", kind.emoji, short, MAX_EMOJI)),
        ("What it is for", _input("description", kind.description, long, MAX_TEXT)),
    ]
    title = f"Change {kind.name}"[:45] if badge in known else "New badge"
    form = Form("badge", [badge, str(kind.revision)], title, fields)
    return opening(form, "Try again, or give the options.")


def _input(
    name: str, value: str, style: discord.TextStyle, most: int, *, required: bool = False
) -> discord.ui.TextInput[Any]:
    return discord.ui.TextInput(
        custom_id=name, default=value or None, style=style, max_length=most, required=required
    )


@submitted("badge")
async def filled_in(
    interaction: Interaction, arguments: list[str], written: dict[str, str]
) -> None:
    """An admin hands the form in."""
    badge, revision = arguments
    given = {name: written[name].strip() for name in ("name", "emoji", "description")}
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        if not allowed:
            raise Refused(look.NOT_ALLOWED)
        return await _defined(services, call, badge, given, int(revision))

    await answer(interaction, work, private=True)


async def _defined(
    services: Services, call: Call, badge: str, given: dict[str, Any], based_on: int | None
) -> Reply:
    """Record the definition and show the badge as it is now."""
    asked = call.asked

    def decide(conn: Connection) -> Sequence[BadgeDefined]:
        known = badges.kinds(conn, asked.guild_id)
        now = known.get(badge) or unknown(badge)
        wanted = dataclasses.replace(now, **given)
        revision = now.revision if based_on is None else based_on
        return [decide_define(asked, wanted, known=known.values(), based_on=revision)]

    def show(conn: Connection, facts: list[Fact]) -> Kind:
        fact = facts[0].event
        assert isinstance(fact, BadgeDefined)
        names = Kind.__dataclass_fields__
        return Kind(**{name: getattr(fact, name) for name in names})

    done = await services.work(
        handle, services.database, call, reads=badges.READS, decide=decide, show=show
    )
    position = done.facts[0].position
    embed = badges.sheet(done.shown, "New badge" if done.shown.revision == 1 else "Badge changed")
    embed.set_footer(text=f"#{position} in this server's log \N{MIDDLE DOT} /badge give")
    return Reply(embed, private=True, position=position, recorded=True)


async def ask_revoke(interaction: Interaction, user_id: int, badge: str) -> None:
    """Show what would be taken back, and let the admin choose how much."""
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        if not allowed:
            raise Refused(look.NOT_ALLOWED)

        def show(conn: Connection) -> tuple[Kind, Award, list[Award]]:
            kind = badges.pick(conn, asked.guild_id, badge)
            award = badges.held(conn, asked.guild_id, user_id, kind.badge)
            if award is None:
                raise Refused("That member does not have this badge. /badge lineage shows who has.")
            return kind, award, badges.below(conn, asked.guild_id, award)

        kind, award, below = await services.work(
            look_up, services.database, asked.guild_id, reads=badges.READS, show=show
        )
        text = f"<@{user_id}> would lose **{badges.title(kind)}**."
        if below:
            text += (
                f"\nThey passed it on: {look.count(len(below), 'award')} "
                f"{'comes' if len(below) == 1 else 'come'} from theirs. Those can stay or go too."
            )
        embed = look.note(text, title="Take this badge back?", colour=look.RED)
        return Reply(embed, _choice(asked, award, len(below)), private=True)

    await answer(interaction, work, private=True)


def _choice(asked: Asked, award: Award, below: int) -> discord.ui.View:
    """Only this one, all that comes from it too (when there is any), or nothing."""
    about = [str(asked.interaction_id), str(award.award)]
    view = discord.ui.View(timeout=None)
    style = discord.ButtonStyle
    view.add_item(Press("badgerevoke", [*about, ONE], label="Only this", style=style.danger))
    if below:
        label = f"With all {below:,} passed on" if below > 1 else "With the one passed on"
        view.add_item(Press("badgerevoke", [*about, ALL], label=label, style=style.danger))
    view.add_item(Press("badgerevoke", [*about, NONE], label="Cancel", style=style.secondary))
    return view


@pressed("badgerevoke")
async def revoke(interaction: Interaction, arguments: list[str]) -> None:
    """The admin has chosen."""
    asked_id, award_id, how = arguments
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        if not allowed:
            raise Refused(look.NOT_ALLOWED)
        if how == NONE:
            return Reply(
                look.note("Cancelled. Nothing was changed.", colour=look.GREY), update=True
            )
        asked = dataclasses.replace(call.asked, interaction_id=int(asked_id))
        done = await services.work(
            handle,
            services.database,
            call,
            reads=badges.READS,
            decide=lambda conn: decide(conn, asked, int(award_id), everything=how == ALL),
            show=_lost,
        )
        position = done.facts[0].position
        done.shown.set_footer(text=f"#{position} in this server's log")
        return Reply(done.shown, update=True, position=position, recorded=True)

    await answer(interaction, work, private=True)


def decide(
    conn: Connection, asked: Asked, award_id: int, *, everything: bool
) -> Sequence[BadgeRevoked]:
    """What is taken back; what an earlier click on the same question took is not decided again."""
    row = fetch_one(conn, "badges", "award", guild=asked.guild_id, award=award_id)
    if row is None:
        raise Refused("That award is not known here. /badge lineage shows those there are.")
    root = Award(row["award"], row["user_id"], row["badge"])
    if row["revoked_at"] is not None:
        mine = _of_this_question(conn, asked, root)
        if not mine:
            raise Refused("Somebody else has taken that back already. Nothing more was changed.")
        return mine
    below = badges.below(conn, asked.guild_id, root)
    return decide_revoke(asked, root, below, everything=everything)


def _of_this_question(conn: Connection, asked: Asked, root: Award) -> list[BadgeRevoked]:
    """What the question ``asked.interaction_id`` has led to already."""
    tree = badges.lineage(conn, asked.guild_id, root.badge, root.award)
    facts = [recorded(conn, asked.guild_id, revocation(row["award"])) for row in tree]
    return [
        fact
        for fact in facts
        if isinstance(fact, BadgeRevoked) and fact.interaction_id == asked.interaction_id
    ]


def _lost(conn: Connection, facts: list[Fact]) -> discord.Embed:
    """Who lost what."""
    first = facts[0].event
    assert isinstance(first, BadgeRevoked)
    kind = badges.kinds(conn, first.guild_id).get(first.badge) or unknown(first.badge)
    text = f"<@{first.target_id}> no longer has **{badges.title(kind)}**"
    if len(facts) > 1:
        text += f", nor have {look.count(len(facts) - 1, 'other')} to whom it was passed on"
    if badges.held(conn, first.guild_id, first.target_id or 0, first.badge) is not None:
        text = f"<@{first.target_id}> had **{badges.title(kind)}** twice and has it once now"
    return look.note(f"{text}. It can be given anew: /badge give.", colour=look.GREEN)
