"""``/pet``: how one's pets fare, feeding, playing, and their names."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

import discord
from discord import app_commands

from bot import autocomplete, look
from bot.answer import Commands, Interaction, Reply, Services, answer
from bot.economy import holdings
from bot.handle import Call, Fact, handle, look_up
from events.decisions import pets
from events.decisions.asked import Asked
from events.decisions.pets import Pet
from events.engine.errors import Refused
from events.engine.event import Event
from events.ledger import wallet
from events.pets import AboutPet, PetFed, PetPlayed, PetRenamed
from projections.engine.ruling import rules_now
from sql.pool import Connection
from sql.reads import Row, fetch, fetch_one

READS = ["accounts", "pets"]
SHOWN: Final = 25
"""Pets in one answer: Discord takes so many fields."""
MOODS: Final = ((70, "happy"), (40, "content"), (15, "bored"), (0, "sad"))
NO_PET: Final = "You have no pet. /shop browse shows whether one can be adopted."

Act = Callable[[Connection, Asked, Pet], Event]

pet = app_commands.Group(name="pet", description="Your pets", guild_only=True)


@pet.command(name="show")
@app_commands.describe(member="Whose pets; yours if you leave it out")
async def show(interaction: Interaction, member: discord.Member | None = None) -> None:
    """How the pets of a member fare"""
    who = member or interaction.user

    async def work(services: Services, call: Call) -> Reply:
        rows = await services.work(
            look_up,
            services.database,
            call.asked.guild_id,
            reads=READS,
            show=lambda conn: held(conn, call.asked.guild_id, who.id),
        )
        return Reply(_cards(who.id, rows, call.asked.at))

    await answer(interaction, work)


@pet.command(name="feed")
@app_commands.describe(pet="Which of your pets; may be left out if you have one")
async def feed(interaction: Interaction, pet: str | None = None) -> None:
    """Give a pet a meal; it costs coins"""

    def decide(conn: Connection, asked: Asked, own: Pet) -> Event:
        rules = rules_now(conn, asked.guild_id)
        balance = holdings.balance_of(conn, asked.guild_id, wallet(asked.user_id))
        cost = rules.number("pet_meal_coins")
        return pets.feed(asked, own, cost=cost, balance=balance, coin=rules.coin)

    await _act(interaction, pet, decide)


@pet.command(name="play")
@app_commands.describe(pet="Which of your pets; may be left out if you have one")
async def play(interaction: Interaction, pet: str | None = None) -> None:
    """Play with a pet: it cheers up and grows"""

    def decide(conn: Connection, asked: Asked, own: Pet) -> Event:
        wait = rules_now(conn, asked.guild_id).number("pet_play_minutes")
        return pets.play(asked, own, wait_minutes=wait)

    await _act(interaction, pet, decide)


@pet.command(name="rename")
@app_commands.describe(
    name="The new name", pet="Which of your pets; may be left out if you have one"
)
async def rename(
    interaction: Interaction,
    name: app_commands.Range[str, 1, pets.MAX_NAME],
    pet: str | None = None,
) -> None:
    """Give a pet another name"""
    await _act(interaction, pet, lambda conn, asked, own: pets.rename(asked, own, name))


@feed.autocomplete("pet")
@play.autocomplete("pet")
@rename.autocomplete("pet")
async def mine(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """The member's own pets."""
    user_id = interaction.user.id

    def load(conn: Connection, guild_id: int) -> Iterator[tuple[str, str]]:
        for row in held(conn, guild_id, user_id):
            yield _title(row), str(row["pet_id"])

    return await autocomplete.looked_up(interaction, current, READS, load)


async def _act(interaction: Interaction, which: str | None, act: Act) -> None:
    """Do something with one of the member's own pets, and show how it fares then."""

    async def work(services: Services, call: Call) -> Reply:
        asked = call.asked

        def decide(conn: Connection) -> list[Event]:
            rows = held(conn, asked.guild_id, asked.user_id)
            return [act(conn, asked, as_pet(_chosen(rows, which)))]

        done = await services.work(
            handle, services.database, call, reads=READS, decide=decide, show=_its_row
        )
        embed = _done(done.facts[0].event, done.shown)
        return Reply(embed, position=done.position, recorded=True)

    await answer(interaction, work)


def held(conn: Connection, guild_id: int, user_id: int) -> list[Row]:
    """The pets that a member has."""
    return fetch(conn, "pets", "held", guild=guild_id, account=wallet(user_id))


def as_pet(row: Row) -> Pet:
    """A row as the decisions know it."""
    return Pet(**{name: row[name] for name in Pet.__dataclass_fields__})


def _chosen(rows: list[Row], which: str | None) -> Row:
    """The pet that is meant: by its id, or by its name as typed. Raises Refused."""
    if not rows:
        raise Refused(NO_PET)
    typed = (which or "").strip().lower()
    found = [row for row in rows if typed in (str(row["pet_id"]), row["name"].lower())]
    if which is None and len(rows) == 1:
        found = rows
    if len(found) != 1:
        names = ", ".join(row["name"] for row in rows)
        raise Refused(f"Which of your pets? Pick one from the list: {names}.")
    return found[0]


def _its_row(conn: Connection, facts: list[Fact]) -> Row:
    event = facts[0].event
    assert isinstance(event, AboutPet)
    row = fetch_one(conn, "pets", "pet", guild=event.guild_id, pet=event.pet_id)
    assert row is not None
    return row


def _done(event: Event, row: Row) -> discord.Embed:
    """What was done, by the fact itself, so that it reads the same whenever it is shown."""
    name, who = _title(row), f"<@{event.user_id}>"
    if isinstance(event, PetRenamed):
        return look.note(
            f"{who}'s pet **{_escaped(event.previous)}** is called **{_escaped(event.name)}** now.",
            colour=look.GREEN,
        )
    if isinstance(event, PetFed):
        text = f"{who} fed **{name}**: hungry {event.hunger_before} % before, {event.hunger} % now."
    else:
        assert isinstance(event, PetPlayed)
        text = f"{who} played with **{name}**, who is {_mood(event.mood)} ({event.mood} %) now."
    embed = look.note(text, colour=look.GREEN)
    embed.set_footer(
        text=f"+{event.experience} experience \N{MIDDLE DOT} level {as_pet(row).level}"
    )
    return embed


def _cards(user_id: int, rows: list[Row], now: datetime) -> discord.Embed:
    """All pets of a member, one field each."""
    if not rows:
        return look.note(f"<@{user_id}> has no pet. /shop browse shows whether one can be adopted.")
    embed = look.note(f"<@{user_id}>", title="Pets")
    for row in rows[:SHOWN]:
        own = as_pet(row).at(now)
        above = pets.experience_for(own.level + 1)
        fed = pets.MOST - own.hunger
        value = (
            f"Fed `{look.bar(fed, pets.MOST)}` {fed} %\n"
            f"Mood `{look.bar(own.mood, pets.MOST)}` {_mood(own.mood)}\n"
            f"Experience {look.number(own.experience)} of {look.number(above)} to level "
            f"{own.level + 1}\nadopted {look.ago(row['adopted_at'])}"
        )
        title = f"{_title(row)} \N{MIDDLE DOT} level {own.level}"
        embed.add_field(name=title, value=value, inline=False)
    embed.set_footer(text="/pet feed \N{MIDDLE DOT} /pet play \N{MIDDLE DOT} /pet rename")
    return embed


def _mood(mood: int) -> str:
    return next(word for least, word in MOODS if mood >= least)


def _title(row: Row) -> str:
    emoji = pets.SPECIES.get(row["species"], "\N{PAW PRINTS}").partition(" ")[0]
    return f"{emoji} {_escaped(row['name'])}"


def _escaped(name: str) -> str:
    return discord.utils.escape_markdown(name)


COMMANDS: Commands = [pet]
