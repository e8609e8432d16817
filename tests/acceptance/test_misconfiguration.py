"""Two hundred wrong inputs, by command, by form and by the command line: each is refused with a
sentence, and nothing that an admin could have written stops a fold."""

from collections.abc import Iterator
from itertools import groupby

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.settings_admin.changing import MAX_TYPED
from bot.settings_admin.sheets import area_of
from events.engine.catalogue import decode
from events.engine.event import Event
from events.engine.setting import Categories, Channels, Choice, Flag, Roles
from events.settings import SETTINGS, SettingChanged
from events.voice import VoiceJoined, VoiceLeft
from projections.engine import worker
from projections.engine.read_model import read_models
from projections.engine.rebuild import verify
from sql import checkpoints, lake
from sql.pool import Database
from tests.support.blunders import NONSENSE, blunders
from tests.support.facts import GUILD, message, reaction, setting, voice
from tests.support.simulator import World, text, world

COUNT = 200
BLUNDERS = list(blunders(COUNT, seed=7))
BY_FORM = [
    (key, typed)
    for key, typed in BLUNDERS
    if key in SETTINGS
    and not isinstance(SETTINGS[key], Flag | Choice | Channels | Categories | Roles)
][:60]
BY_COMMAND = [one for one in BLUNDERS if one not in BY_FORM][:70]
BY_CLI = [one for one in BLUNDERS if one not in BY_FORM and one not in BY_COMMAND]


def changes(w: World) -> list[Event]:
    with w.database.transaction(w.guild.id) as conn:
        rows = lake.with_prefix(conn, w.guild.id, "rule:setting:")
    return [decode(row) for row in rows]


def is_clear(said: str, key: str) -> bool:
    """A sentence that names the setting, or says that there is none, and no trace of a bug."""
    expected = SETTINGS[key].description if key in SETTINGS else "There is no setting"
    is_curve = key == "level_curve" and ("A curve is" in said or "level" in said)
    return (expected in said or is_curve) and "our mistake" not in said


def test_there_are_as_many_as_promised() -> None:
    assert len({*BY_FORM, *BY_COMMAND, *BY_CLI}) == len(BLUNDERS) == COUNT
    assert min(len(BY_FORM), len(BY_COMMAND), len(BY_CLI)) >= 50
    assert all(len(typed) <= MAX_TYPED for _, typed in BLUNDERS)


async def test_by_command(database: Database) -> None:
    async with world(database) as w:
        for key, typed in BY_COMMAND:
            refused = await w.admin.slash(w.channel, "settings set", key=key, value=typed)
            assert refused.ephemeral and is_clear(text(refused), key), (key, typed, text(refused))
        assert changes(w) == []


async def test_by_form(database: Database) -> None:
    async with world(database) as w:
        by_area = sorted(BY_FORM, key=lambda one: area_of(one[0]))
        for area, wrong in groupby(by_area, key=lambda one: area_of(one[0])):
            sheet = await w.admin.slash(w.channel, "settings show", area=area)
            for key, typed in wrong:
                menu = f"setkey:{area}:pick"
                shown = await w.admin.select(sheet.response, [key], custom_id=menu)
                form = await w.admin.click(shown.response, label="Change")
                refused = await w.admin.submit_modal(form, {"value": typed})
                assert refused.ephemeral and is_clear(text(refused), key), (key, typed)
        assert changes(w) == []


def test_by_the_command_line(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database.dsn)
    with database.transaction(GUILD) as conn:
        lake.append(conn, [message(1)])
    for key, typed in BY_CLI:
        said = CliRunner().invoke(app, ["settings", "set", "--guild", str(GUILD), "--", key, typed])
        assert said.exit_code == 2 and said.exception is not None, (key, typed, said.output)
        assert is_clear(said.stderr, key) and "Traceback" not in said.output, (key, typed)
    with database.transaction(GUILD) as conn:
        assert lake.heads(conn)[GUILD] == 1


def forged() -> Iterator[SettingChanged]:
    """What no decision lets through, recorded nevertheless: every key with values of every kind."""
    values: tuple[int | str | None, ...] = (-1, 0, 1, 2**62, -(2**62), *NONSENSE[:8], "", "7,,7")
    for key in SETTINGS:
        for revision, value in enumerate(values, start=1):
            yield setting(key, value, revision=revision)


def life(start: int) -> list[Event]:
    """A little of everything that the rules look at."""
    events: list[Event] = []
    for n in range(start, start + 6):
        second = n * 100
        events += [
            message(n, user=2000 + n % 3, channel=3000 + n % 2, seconds=second),
            reaction(n, user=2000 + (n + 1) % 3, author=2000 + n % 3, seconds=second + 1),
        ]
    for ordinal, user in enumerate((2001, 2002), start=start):
        at = start * 100 + ordinal * 10
        events.append(voice(VoiceJoined, 2 * start, user=user, channel=3007, seconds=at))
    for ordinal, user in enumerate((2001, 2002), start=start):
        at = start * 100 + ordinal * 10 + 5000
        events.append(voice(VoiceLeft, 2 * start + 1, user=user, channel=3007, seconds=at))
    return events


def test_nothing_recorded_stops_a_fold(database: Database) -> None:
    wrong = list(forged())
    assert len(wrong) > 200
    with database.transaction(GUILD) as conn:
        for number, start in enumerate(range(0, len(wrong), 40), start=1):
            lake.append(conn, [*wrong[start : start + 40], *life(number * 10)])
    worker.drain(database)
    with database.transaction(GUILD) as conn:
        head = lake.heads(conn)[GUILD]
        standing = checkpoints.take(conn, GUILD, list(read_models()), wait=True)
    assert {one.name: one.position for one in standing if one.position != head} == {}
    assert verify(database.dsn, list(read_models().values()), processes=1).differences == []
