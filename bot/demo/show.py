"""The demo's plot: import, fold, talk to the bot, rebuild, compare, and how to go on."""

import asyncio
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import discord
import structlog

from bot import automation, importer, schedule
from bot.answer import LONG, Services
from bot.background import utc_now
from bot.client import Tallystick
from bot.demo import screen
from bot.gateway.capture import Capture
from bot.points import boards
from bot.points.boards import Place
from bot.settings import Settings
from events.engine.errors import TallystickError
from projections.engine import rebuild, worker
from projections.engine.read_model import read_models
from sql import embedded, lake
from sql.migrate import migrate
from sql.pool import ALL_GUILDS, Database
from sql.writer import LakeWriter

HISTORY = Path(__file__).parents[2] / "tests" / "data" / "history"
DATABASE = f"demo_{os.getpid()}"


class DemoFailed(TallystickError):
    """The demo saw what must not be."""


def run(settings: Settings) -> None:
    """Show the whole way once. Raises TallystickError with a sentence when it cannot."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    started = time.monotonic()
    with _database(settings) as database:
        screen.step(1, "A real community's history becomes events")
        _import(database)
        screen.step(2, "Events become profiles, boards, balances and badges")
        _fold(database)
        screen.step(3, "The real bot answers, in a simulated Discord")
        asyncio.run(_talk(database))
        screen.step(4, "Every read model is thrown away and rebuilt from the log")
        _rebuild(database)
    screen.step(5, f"That was all, in {time.monotonic() - started:.0f} s. To go on:")
    screen.say(
        "A real bot:    DISCORD_TOKEN=... make run   (without a token it says how to get one)"
    )
    screen.say("Own database:  DATABASE_URL=postgresql://... make run   (PostgreSQL 16 or later)")
    screen.say("Own history:   python -m bot import discord-export FOLDER")
    screen.say("All commands:  python -m bot --help")


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """An empty database of the demo's own on the embedded server."""
    server = embedded.start(settings.data_dir)
    try:
        dsn = embedded.database_url(server, DATABASE)
        migrate(dsn)
        rebuild.install(dsn)
        with Database(dsn) as database:
            yield database
    finally:
        try:
            embedded.drop_database(server, DATABASE)
        finally:
            server.cleanup()


def _import(database: Database) -> None:
    total = 2 * sum(path.stat().st_size for path in HISTORY.glob("*.json"))
    with screen.bar("importing", total) as advance:
        shown = 0

        def progress(done: int, total: int) -> None:
            nonlocal shown
            advance(done - shown)
            shown = done

        summary = importer.run(database, [HISTORY], progress=progress)
    screen.say(
        f"{summary.messages:,} messages of {summary.members:,} people in {summary.files} files "
        f"became {sum(summary.new.values()):,} events."
    )
    again = importer.run(database, [HISTORY])
    screen.say(f"Imported once more: {sum(again.new.values())} new events, as it must be.")


def _fold(database: Database) -> None:
    schedule.run_due(database, utc_now())
    with database.transaction(ALL_GUILDS) as conn:
        events = sum(lake.heads(conn).values())
    with screen.bar("folding", events) as advance:
        worker.drain(database, progress=advance)
    automation.drain(database)
    worker.drain(database)
    screen.say(f"{events:,} events folded into {len(read_models())} read models.")


async def _talk(database: Database) -> None:
    try:
        import simcord  # noqa: PLC0415  a test dependency: the bot itself runs without it
    except ImportError as error:
        raise DemoFailed(
            "The demo needs the test dependencies. Start it with: make demo"
        ) from error
    guild_id, places = _busiest(database)
    writer = LakeWriter(database)
    bot = Tallystick(Services(database, writer, limit=LONG), shard_count=1)
    capture = Capture(database, writer)
    capture.install(bot)
    await capture.start()
    try:
        async with simcord.run(bot) as env:
            await _scene(env, capture, guild_id, places)
    finally:
        await capture.stop()
        writer.close()


def _busiest(database: Database) -> tuple[int, list[Place]]:
    """The guild with most events and the first two of its board."""
    with database.transaction(ALL_GUILDS) as conn:
        heads = lake.heads(conn)
        guild_id = max(heads, key=heads.__getitem__)
        return guild_id, boards.page(conn, guild_id, "xp", limit=2).places


async def _scene(env: Any, capture: Capture, guild_id: int, places: list[Place]) -> None:
    """An admin and the two busiest members of the imported community use the bot."""
    guild = env.create_guild("Guild A", id=guild_id)
    channel = guild.create_text_channel("general")
    rights = discord.Permissions(manage_guild=True)
    boss = guild.add_member(
        env.create_user("admin"), roles=[guild.create_role("Admins", permissions=rights)]
    )
    first, second = (guild.add_member(_user(env, p.user_id, p.name or "member")) for p in places)
    names = {m.id: m.name for m in (boss, first, second)}
    await env.settle()
    said = await first.send(channel, "Hello from the demo!")
    await second.react(said, "\N{WAVING HAND SIGN}")
    await capture.drain()
    screen.say(f"{first.name} has just written a message, and {second.name} has reacted to it.")

    async def ask(who: Any, typed: str, command: str, **options: Any) -> Any:
        result = await who.slash(channel, command, **options)
        screen.reply(who.name, typed, result, names)
        return result

    await ask(first, "/profile", "profile")
    await ask(second, "/leaderboard board:XP", "leaderboard", board="xp")
    await ask(first, f"/pay @{second.name} 150", "pay", member=second, amount=150)
    await ask(second, "/pay more than there is", "pay", member=first, amount=900_000_000)
    preview = await ask(
        boss,
        f"/award @{second.name} coins 1000",
        "award",
        member=second,
        kind="coins",
        amount=1000,
        reason="for the demo",
    )
    done = await boss.click(preview.response, label="Confirm")
    screen.reply(boss.name, "clicks Confirm", done, names)
    await ask(second, "/why number:Coins", "why", number="coins")
    await ask(first, "/why number:XP", "why", number="xp")


def _user(env: Any, user_id: int, name: str) -> Any:
    """A simulated user with an id from the imported history."""
    from simcord.backend.models import User  # noqa: PLC0415
    from simcord.builders import UserHandle  # noqa: PLC0415

    user = User(id=user_id, name=name)
    env.backend.users[user_id] = user
    return UserHandle(env, user)


def _rebuild(database: Database) -> None:
    worker.drain(database)
    automation.drain(database)
    worker.drain(database)
    models = list(read_models().values())
    with database.transaction(ALL_GUILDS) as conn:
        events = sum(lake.heads(conn).values())
    with screen.bar("rebuilding", events) as advance:
        report = rebuild.verify(database.dsn, models, progress=advance)
    for table, rows in sorted(report.rows.items()):
        screen.say(f"{rows:>8,} rows  {table}")
    if report.differences:
        raise DemoFailed(f"{len(report.differences)} rows differ between live and rebuilt tables.")
    rebuild.rebuild(database.dsn, models)
    screen.say("[bold green]Live and rebuilt tables are identical, row for row.[/]")
