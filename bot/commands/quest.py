"""``/quest``: members see what there is to do, take it on, hand it in, or give it up."""

from collections.abc import Callable, Sequence
from typing import Final

import discord
from discord import app_commands

from bot import look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.buttons import Press, pressed
from bot.economy.holdings import coin_of
from bot.handle import Call, Fact, handle, look_up
from bot.paging import buttons, last_page, pager
from bot.recognition import quests
from bot.recognition.quests import READS, Sheet
from events.currency import Coin
from events.decisions.asked import Asked
from events.decisions.quest_turns import MAX_NOTE
from events.decisions.quest_turns import abandon as decide_abandon
from events.decisions.quest_turns import claim as decide_claim
from events.decisions.quest_turns import submit as decide_submit
from events.decisions.quests import Quest
from events.engine.event import Event
from projections.engine.ruling import rules_now
from sql.pool import Connection

PAGE: Final = 6
QuestName = app_commands.Range[str, 1, 100]
Shown = tuple[Quest, Sheet, Coin]

group = app_commands.Group(
    name="quest", description="What there is to do here, and what it brings", guild_only=True
)


@group.command(name="list")
async def show_list(interaction: Interaction) -> None:
    """The quests that are open, and how far you are with each"""
    await _page(interaction, interaction.user.id, 0, update=False)


@pager("quests")
async def turned(interaction: Interaction, arguments: list[str], page: int) -> None:
    """Another page, of whoever asked for the first."""
    if arguments[0].isdecimal() and len(arguments[0]) < 20:
        await _page(interaction, int(arguments[0]), page, update=True)


async def _page(interaction: Interaction, user_id: int, page: int, *, update: bool) -> None:
    async def work(services: Services, call: Call) -> Reply:
        guild_id = call.asked.guild_id
        found, coin = await services.work(
            look_up,
            services.database,
            guild_id,
            reads=READS,
            show=lambda conn: (quests.sheet(conn, guild_id, user_id), coin_of(conn, guild_id)),
        )
        shown = [one for one in found.quests if _concerns(one, found)]
        last = last_page(len(shown), PAGE)
        place = min(page, last)
        embed = look.note(f"<@{user_id}>", title="Quests")
        if not shown:
            embed.description = "No quest is open just now. Admins make them: /quest-admin create."
        for one in shown[place * PAGE : (place + 1) * PAGE]:
            words = (
                f"**{quests.asks(one)}**",
                quests.brings(one, coin, found.kinds),
                quests.terms(one),
            )
            value = quests.DOT.join(filter(None, words))
            value = f"`{one.quest}` {value}\n{quests.state_of(one, found)}"
            embed.add_field(name=quests.title(one), value=value[:1024], inline=False)
        embed.set_footer(text=f"Page {place + 1} of {last + 1}{quests.DOT}/quest show tells more")
        view = buttons("quests", [str(user_id)], place, last)
        return Reply(embed, view, update=update)

    await answer(interaction, work)


def _concerns(quest: Quest, found: Sheet) -> bool:
    """Whether a member sees it in the list: it is open, or they wait for their reward."""
    turn = found.turns.get(quest.quest)
    waits = turn is not None and turn.state == "complete"
    return quest.state == "open" or waits


@group.command(name="show")
@app_commands.describe(quest="Which one")
async def show(interaction: Interaction, quest: QuestName) -> None:
    """Everything about a quest, and how far you are"""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def load(conn: Connection) -> Shown:
            one = quests.pick(conn, asked.guild_id, quest)
            found = quests.sheet(conn, asked.guild_id, asked.user_id)
            return one, found, coin_of(conn, asked.guild_id)

        shown = await services.work(
            look_up, services.database, asked.guild_id, reads=READS, show=load
        )
        return _sheet(shown, asked, "Quest")

    await answer(interaction, work)


def _sheet(shown: Shown, asked: Asked, heading: str) -> Reply:
    """A quest, how whoever asked stands with it, and what they can do."""
    quest, found, coin = shown
    embed = quests.card(quest, heading, coin, found.kinds)
    standing = quests.state_of(quest, found)
    embed.add_field(name="You", value=f"<@{asked.user_id}> {standing}", inline=False)
    how = found.standing.get(quest.quest, quests.Standing())
    if not quest.together:
        embed.set_footer(
            text=f"{look.count(how.at_it, 'member')} at it{quests.DOT}"
            f"completed {look.count(how.done, 'time')}"
        )
    return Reply(embed, _button(quest, found))


def _button(quest: Quest, found: Sheet) -> discord.ui.View | None:
    """To take the quest on, where one can."""
    turn = found.turns.get(quest.quest)
    if quest.state != "open" or quest.together or (turn and turn.state in ("claimed", "complete")):
        return None
    view = discord.ui.View(timeout=None)
    style = discord.ButtonStyle.primary
    view.add_item(Press("questclaim", [quest.quest], label="Take it on", style=style))
    return view


@group.command(name="claim")
@app_commands.describe(quest="Which one")
async def claim(interaction: Interaction, quest: QuestName) -> None:
    """Take a quest on: from now on what you do counts for it"""
    await _claim(interaction, quest)


@pressed("questclaim")
async def claim_pressed(interaction: Interaction, arguments: list[str]) -> None:
    """The same by the button below a quest, for whoever presses it."""
    await _claim(interaction, arguments[0])


async def _claim(interaction: Interaction, quest: str) -> None:
    def decide(conn: Connection, asked: Asked) -> Event:
        one = quests.pick(conn, asked.guild_id, quest)
        mine = quests.turns(conn, asked.guild_id, asked.user_id)
        return decide_claim(
            asked,
            one,
            before=mine.get(one.quest),
            taken=quests.taken(conn, asked.guild_id, one),
            at_once=sum(turn.state == "claimed" for turn in mine.values()),
            limit=rules_now(conn, asked.guild_id).number("quests_at_once"),
        )

    await _act(interaction, quest, decide, "You have taken it on")


@group.command(name="submit")
@app_commands.describe(quest="Which one", note="A few words, or a link, for whoever looks at it")
async def submit(
    interaction: Interaction,
    quest: QuestName,
    note: app_commands.Range[str, 1, MAX_NOTE] | None = None,
) -> None:
    """Say that you have done what a quest asks for; an admin looks at it"""

    def decide(conn: Connection, asked: Asked) -> Event:
        one = quests.pick(conn, asked.guild_id, quest)
        turn = quests.turns(conn, asked.guild_id, asked.user_id).get(one.quest)
        return decide_submit(asked, one, turn, note)

    await _act(interaction, quest, decide, "You have handed it in")


@group.command(name="abandon")
@app_commands.describe(quest="Which one")
async def abandon(interaction: Interaction, quest: QuestName) -> None:
    """Give a quest up; your place becomes free, and what was counted is lost"""

    def decide(conn: Connection, asked: Asked) -> Event:
        one = quests.pick(conn, asked.guild_id, quest)
        turn = quests.turns(conn, asked.guild_id, asked.user_id).get(one.quest)
        return decide_abandon(asked, turn)

    await _act(interaction, quest, decide, "You have given it up")


async def _act(
    interaction: Interaction,
    quest: str,
    decide_one: Callable[[Connection, Asked], Event],
    heading: str,
) -> None:
    """Record what a member does with a quest, and show it to them."""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> Sequence[Event]:
            return [decide_one(conn, asked)]

        def load(conn: Connection, facts: list[Fact]) -> Shown:
            one = quests.pick(conn, asked.guild_id, quest)
            found = quests.sheet(conn, asked.guild_id, asked.user_id)
            return one, found, coin_of(conn, asked.guild_id)

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=load
        )
        reply = _sheet(done.shown, asked, heading)
        position = done.facts[0].position
        reply.embed.set_footer(text=f"#{position} in this server's log")
        return Reply(reply.embed, private=True, position=position, recorded=True)

    await answer(interaction, work, private=True)


show.autocomplete("quest")(quests.choices)
claim.autocomplete("quest")(quests.choices)
submit.autocomplete("quest")(quests.choices)
abandon.autocomplete("quest")(quests.choices)

COMMANDS: Commands = [group]
