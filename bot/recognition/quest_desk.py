"""The desk at which admins look at what members have done for quests: approve it, or send it back.

Each turn that waits has two buttons. They carry whose it is and which attempt, so they work after a
restart, and two admins who press at the same time decide it once.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Final

import discord

from bot import confirm, look
from bot.answer import Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.confirm import Confirmed, confirmed
from bot.economy.holdings import balance_of, coin_of
from bot.forms import Form, opening, submitted
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.paging import Turn as TurnPage
from bot.paging import last_page, pager
from bot.recognition import badges, quests
from events.badges import BadgeEarned
from events.decisions.asked import Asked
from events.decisions.quest_turns import MAX_REASON, Turn
from events.decisions.quest_turns import approve as decide_approve
from events.decisions.quest_turns import give_back as decide_give_back
from events.decisions.quests import Quest
from events.engine.errors import Refused
from events.engine.event import Event
from events.ledger import wallet
from events.quests import QuestReturned, QuestRewarded
from sql.pool import Connection

PAGE: Final = 4
"""Turns with two buttons each; a row of the message is left for the pages."""
MOST_WORDS: Final = 3_000
"""Characters of the overview: Discord allows 6000 in an embed, and what waits needs its part."""
REASON: Final = "What is missing"
READS: Final = ["accounts", *quests.READS]


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """One turn as it was seen: whose, at which quest, which turn and attempt."""

    user_id: int
    quest: str
    turn: int
    attempt: int

    @classmethod
    def of(cls, turn: Turn) -> "Case":
        """What is to be seen of a turn."""
        return cls(turn.user_id, turn.quest, turn.turn, turn.attempt)

    @classmethod
    def read(cls, arguments: list[str]) -> "Case":
        """The same from a custom id. Raises Refused for one that is none of ours."""
        if len(arguments) == 4:
            user_id, quest, turn, attempt = arguments
            numbers = (user_id, turn, attempt)
            if all(n.isascii() and n.isdecimal() and len(n) < 20 for n in numbers):
                return cls(int(user_id), quest, int(turn), int(attempt))
        raise Refused("That button is from another time. See /quest-admin board.")

    @property
    def arguments(self) -> list[str]:
        """For a custom id."""
        return [str(self.user_id), self.quest, str(self.turn), str(self.attempt)]


Find = Callable[[Connection, Asked], Case]
"""Says which case an admin means. Raises Refused."""


def named(user_id: int, quest: str) -> Find:
    """The case of a member and a quest as typed."""

    def find(conn: Connection, asked: Asked) -> Case:
        one = quests.pick(conn, asked.guild_id, quest, drafts=True)
        turn = quests.turns(conn, asked.guild_id, user_id).get(one.quest)
        if turn is None or turn.state != "complete" or not turn.approval:
            raise Refused("That member has nothing of this quest waiting. See /quest-admin board.")
        return Case.of(turn)

    return find


def _turn(conn: Connection, guild_id: int, case: Case) -> Turn:
    turn = quests.turns(conn, guild_id, case.user_id).get(case.quest)
    if turn is None or turn.turn != case.turn:
        raise Refused("That does not wait for approval any more. See /quest-admin board.")
    return turn


async def board(interaction: Interaction, page: int, *, update: bool) -> None:
    """What waits for approval, with its buttons, and how each quest stands."""

    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id
        waiting, known, standing = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=READS,
            show=lambda conn: (
                quests.complete(conn, guild_id, approval=True),
                {one.quest: one for one in quests.quests(conn, guild_id)},
                quests.standing(conn, guild_id),
            ),
        )
        last = last_page(len(waiting), PAGE)
        place = min(page, last)
        here = waiting[place * PAGE : (place + 1) * PAGE]
        embed = look.note(_overview(known, standing), title="Quest board")
        for number, turn in enumerate(here, start=1):
            embed.add_field(name=f"{number}. {_name(known, turn)}", value=_line(turn), inline=False)
        footer = f"Page {place + 1} of {last + 1}{quests.DOT}{len(waiting)} waiting for approval"
        embed.set_footer(text=footer)
        return Reply(embed, _buttons(here, place, last), private=True, update=update)

    await answer(interaction, work, private=True)


def _overview(known: dict[str, Quest], standing: dict[str, quests.Standing]) -> str:
    """A line for each quest as far as they fit."""
    lines: list[str] = []
    for one in known.values():
        how = standing.get(one.quest, quests.Standing())
        numbers = (
            f"{look.number(one.count // one.asks_for.unit)} of {look.number(one.threshold)}"
            if one.together
            else f"{how.at_it} at it, {how.complete} waiting, {how.done} done"
        )
        lines.append(f"**{quests.title(one)}** `{one.quest}` {one.state}{quests.DOT}{numbers}")
    if not lines:
        return "No quest yet. Make the first with `/quest-admin create`."
    shown = lines[:20]
    if len(lines) > len(shown):
        shown.append(f"and {len(lines) - len(shown)} more")
    return "\n".join(shown)[:MOST_WORDS]


def _name(known: dict[str, Quest], turn: Turn) -> str:
    quest = known.get(turn.quest)
    return quests.title(quest) if quest is not None else turn.quest


def _line(turn: Turn) -> str:
    """Who has done what, when, and what they say about it."""
    when = look.ago(turn.completed_at) if turn.completed_at else "just now"
    note = f"\n> {discord.utils.escape_markdown(turn.note)}" if turn.note else ""
    return f"<@{turn.user_id}>{quests.DOT}{quests.asks(turn)}{quests.DOT}{when}{note}"


def _buttons(here: Sequence[Turn], page: int, last: int) -> discord.ui.View | None:
    if not here:
        return None
    view = discord.ui.View(timeout=None)
    for row, turn in enumerate(here):
        case = Case.of(turn).arguments
        for what, label, style in (
            ("questok", f"Approve {row + 1}", discord.ButtonStyle.success),
            ("questno", f"Send back {row + 1}", discord.ButtonStyle.secondary),
        ):
            view.add_item(Press(what, case, label=label, style=style, row=row))
    ways = (("back", max(0, page - 1), page == 0), ("on", page + 1, page >= last))
    for way, to, at_end in ways if last else ():
        leaf = TurnPage("questboard", ["all"], to, way, disabled=at_end)
        leaf.row = PAGE
        view.add_item(leaf)
    return view


@pager("questboard")
async def turned(interaction: Interaction, arguments: list[str], page: int) -> None:
    """Another page of the board."""
    await board(interaction, page, update=True)


@pressed("questok")
async def approve_pressed(interaction: Interaction, arguments: list[str]) -> None:
    """Approve on the board: shown first."""
    await ask_approve(interaction, lambda conn, asked: Case.read(arguments))


async def ask_approve(interaction: Interaction, find: Find) -> None:
    """Show what a member would get, and ask; ``find`` says which case it is."""
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked
        if not allowed:
            raise Refused(look.NOT_ALLOWED)

        def show(conn: Connection) -> tuple[Case, Turn, str, str]:
            case = find(conn, asked)
            turn = _turn(conn, asked.guild_id, case)
            _approve(conn, asked, case)  # what stands against it is said now
            quest = quests.pick(conn, asked.guild_id, case.quest, drafts=True)
            coin, kinds = coin_of(conn, asked.guild_id), badges.kinds(conn, asked.guild_id)
            return case, turn, quests.title(quest), quests.brings(turn, coin, kinds)

        case, turn, name, brings = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        embed = look.note(
            f"<@{case.user_id}> would get {brings or 'nothing but honour'} for **{name}**.",
            title="Approve this?",
        )
        embed.add_field(name="Done", value=_line(turn), inline=False)
        view = confirm.buttons("questyes", asked.interaction_id, case.arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


def _approve(conn: Connection, asked: Asked, case: Case) -> list[Event]:
    """The approval as facts. Raises Refused."""
    turn = _turn(conn, asked.guild_id, case)
    balance = balance_of(conn, asked.guild_id, wallet(turn.user_id))
    givable = quests.givable(conn, asked.guild_id)
    return [
        fact
        for fact in decide_approve(asked, turn, case.attempt, balance=balance)
        if not isinstance(fact, BadgeEarned) or quests.is_new(conn, fact, givable)
    ]


@confirmed("questyes")
async def sure_approved(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""

    async def work(services: Services, call: Call) -> Reply:
        case = Case.read(sure.arguments)
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)

        def decide(conn: Connection) -> Sequence[Event]:
            turn = _turn(conn, asked.guild_id, case)
            before = recorded(conn, asked.guild_id, f"{turn.key}:reward")
            if isinstance(before, QuestRewarded) and before.interaction_id == asked.interaction_id:
                return [before]
            return _approve(conn, asked, case)

        done = await services.work(
            handle,
            services.database,
            call,
            reads=READS,
            decide=decide,
            show=lambda conn, facts: _brought(conn, asked.guild_id, facts),
        )
        text = f"<@{case.user_id}> got {done.shown or 'nothing but honour'} for it."
        return _told("Approved", text, done.facts[0].position)

    await answer(interaction, work, private=True)


def _brought(conn: Connection, guild_id: int, facts: Sequence[Fact]) -> str:
    """What an approval gave, in words."""
    (reward,) = [f.event for f in facts if isinstance(f.event, QuestRewarded)]
    parts = [f"{look.number(reward.xp)} XP"] if reward.xp else []
    if reward.coins:
        parts.append(coin_of(conn, guild_id).words(reward.coins))
    parts += ["a badge" for f in facts if isinstance(f.event, BadgeEarned)]
    return ", ".join(parts)


def _told(title: str, text: str, position: int) -> Reply:
    embed = look.note(text, title=title, colour=look.GREEN)
    embed.set_footer(text=f"#{position} in this server's log")
    return Reply(embed, update=True, position=position, recorded=True)


@pressed("questno")
async def reject_pressed(interaction: Interaction, arguments: list[str]) -> None:
    """Send back on the board: a form asks what is missing."""
    allowed = interaction.permissions.manage_guild

    async def work(services: Services, call: Call) -> Reply:
        case = Case.read(arguments)
        if not allowed:
            raise Refused(look.NOT_ALLOWED)
        reason = discord.ui.TextInput[discord.ui.View](
            custom_id="reason", max_length=MAX_REASON, required=False
        )
        label = "What is missing? The member reads this"
        form = Form("questno", case.arguments, "Send it back to the member", [(label, reason)])
        return opening(form)

    await answer(interaction, work, private=True)


@submitted("questno")
async def reject_filled_in(
    interaction: Interaction, arguments: list[str], written: dict[str, str]
) -> None:
    """The admin has said what is missing."""
    allowed = interaction.permissions.manage_guild
    reason = written.get("reason", "").strip() or None

    async def work(services: Services, call: Call) -> Reply:
        if not allowed:
            raise Refused(look.NOT_ALLOWED)
        reply = await _give_back(services, call, call.asked, Case.read(arguments), reason)
        return dataclasses.replace(reply, update=False, private=True)

    await answer(interaction, work, private=True)


async def ask_reject(interaction: Interaction, find: Find, reason: str | None) -> None:
    """Show what would be sent back, and ask."""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def show(conn: Connection) -> tuple[Case, Turn]:
            case = find(conn, asked)
            return case, _turn(conn, asked.guild_id, case)

        case, turn = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=show
        )
        again = " and would be counted anew" if turn.asks_for.counted else ""
        embed = look.note(
            f"<@{case.user_id}>'s work for `{case.quest}` would go back to them{again}.",
            title="Send this back?",
        )
        if reason:
            embed.add_field(name=REASON, value=reason)
        embed.add_field(name="Done", value=_line(turn), inline=False)
        view = confirm.buttons("questback", asked.interaction_id, case.arguments)
        return Reply(embed, view, private=True)

    await answer(interaction, work, private=True)


@confirmed("questback")
async def sure_rejected(interaction: Interaction, sure: Confirmed) -> None:
    """The admin has confirmed."""
    shown = sure.preview.fields if sure.preview else []
    reason = next((field.value for field in shown if field.name == REASON), None)

    async def work(services: Services, call: Call) -> Reply:
        asked = dataclasses.replace(call.asked, interaction_id=sure.interaction_id)
        return await _give_back(services, call, asked, Case.read(sure.arguments), reason)

    await answer(interaction, work, private=True)


async def _give_back(
    services: Services, call: Call, asked: Asked, case: Case, reason: str | None
) -> Reply:
    """Record that it goes back; an earlier click on the same question has done so already."""

    def decide(conn: Connection) -> Sequence[Event]:
        turn = _turn(conn, asked.guild_id, case)
        before = recorded(conn, asked.guild_id, f"{turn.key}:returned:{case.attempt}")
        if isinstance(before, QuestReturned) and before.interaction_id == asked.interaction_id:
            return [before]
        return [decide_give_back(asked, turn, case.attempt, reason)]

    done = await services.work(
        handle,
        services.database,
        call,
        reads=READS,
        decide=decide,
        show=lambda conn, facts: None,
    )
    text = f"<@{case.user_id}> can go on with it."
    return _told("Sent back", text, done.facts[0].position)
