"""What admins do with seasons: decided under the guild's lock, shown with how seasons go on."""

from collections.abc import Callable, Sequence
from typing import Final

from bot import look, schedule
from bot.answer import Interaction, Reply, Services, Work, answer
from bot.due.seasons import DUE
from bot.handle import Call, Fact, handle, look_up, recorded
from bot.seasons import outlook as season_outlook
from bot.seasons import reading as seasons
from events.decisions.asked import Asked
from events.decisions.season_plan import Newest, Seasons, Span
from events.engine.errors import Refused
from events.engine.event import Event
from sql.pool import Connection

READS: Final = seasons.READS
RUNNING: Final = "running"
Decide = Callable[[Connection, Seasons], Sequence[Event]]
DecideAsked = Callable[[Connection, Asked, Seasons], Sequence[Event]]


async def for_admins(interaction: Interaction, work: Work) -> None:
    """Answer with ``work``, if whoever asks may manage the server. Discord shows a group of
    commands to all or to nobody, and members are to see the seasons."""
    allowed = interaction.permissions.manage_guild

    async def checked(services: Services, call: Call) -> Reply:
        if not allowed:
            raise Refused(look.NOT_ALLOWED)
        return await work(services, call)

    await answer(interaction, checked, private=True)


async def done(services: Services, call: Call, decide: Decide, title: str) -> Reply:
    """Do what is due, then what the admin wants, and show how seasons go on."""
    await up_to_date(services, call.asked)
    guild_id = call.asked.guild_id

    def show(conn: Connection, facts: list[Fact]) -> Seasons:
        return seasons.state(conn, guild_id)

    outcome = await services.work(
        handle,
        services.database,
        call,
        reads=READS,
        decide=lambda conn: decide(conn, seasons.state(conn, guild_id)),
        show=show,
    )
    position = outcome.facts[0].position
    embed = look.note("", title=title, colour=look.GREEN)
    season_outlook.outlook(embed, outcome.shown, now_of(outcome.shown, call.asked))
    embed.set_footer(text=f"#{position} in this server's log")
    return Reply(embed, private=True, position=position, recorded=True)


async def found(services: Services, asked: Asked) -> Seasons:
    """The seasons as they are, with what is due done."""
    await up_to_date(services, asked)
    return await looked_up(services, asked.guild_id)


async def looked_up(services: Services, guild_id: int) -> Seasons:
    """The seasons as they are."""
    return await services.work(
        look_up,
        services.database,
        guild_id,
        reads=READS,
        show=lambda conn: seasons.state(conn, guild_id),
    )


async def up_to_date(services: Services, asked: Asked) -> None:
    """A season that is over is closed before anything is planned: nobody has to wait a minute."""
    await services.work(schedule.run_in, services.database, asked.guild_id, asked.at, DUE)


def running(known: Seasons) -> Newest:
    """The season that is running. Raises Refused when there is none."""
    if known.running is None:
        raise Refused("No season is running. /season create begins one, /season list shows all.")
    return known.running


def plan_id(text: str) -> int:
    """The plan that was picked. Raises Refused for what is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise Refused("Pick a season from the list, or leave it out for the one that is running.")
    return int(text)


def now_of(known: Seasons, asked: Asked) -> Span:
    """The season that is running, or the moment at which somebody asks."""
    running = known.running
    if running is None:
        return Span("", asked.at, asked.at)
    return Span(running.name, running.starts_at, running.ends_at)


def mine(conn: Connection, asked: Asked, key: str) -> list[Event]:
    """The fact under ``key`` if it came of this very preview: a second click changes nothing."""
    fact = recorded(conn, asked.guild_id, key)
    return [fact] if getattr(fact, "interaction_id", None) == asked.interaction_id and fact else []
