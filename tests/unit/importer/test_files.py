"""Files are found, checked and read as a stream; what cannot be imported is named."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from bot.importer import files
from bot.importer.errors import ImportRefused
from bot.importer.files import Export, Meter
from bot.importer.loading import _batches, _timeline
from bot.importer.summary import Summary
from tests.unit.importer.exports import TEXT, export, message, message_id, reaction, user, write


def check(path: Path) -> Export:
    return files.check(path, Meter(0, None))


def refusal(path: Path) -> str:
    with pytest.raises(ImportRefused) as caught:
        check(path)
    text = str(caught.value)
    assert str(path) in text
    assert TEXT not in text
    return text


def test_folders_are_searched_and_each_file_is_found_once(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    one = write(tmp_path, "b.json", export())
    two = write(tmp_path / "deep" / "er", "a.json", export())
    (tmp_path / "deep" / "picture.png").write_bytes(b"")
    assert files.find([tmp_path, one, tmp_path / "deep" / ".." / "b.json"]) == [one, two]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"no file or folder '.*nowhere'"):
        files.find([tmp_path / "nowhere"])


def test_a_folder_of_other_things(tmp_path: Path) -> None:
    (tmp_path / "export.html").write_text("<html>")
    with pytest.raises(ImportRefused, match=r"no \.json file .* format JSON"):
        files.find([tmp_path])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><html></html>",
        b"AuthorID,Author,Date,Content\n1,x,2024,hello\n",
        b"\xff\xfe{\x00}\x00",
        b"\x00" * 100,
        b"nan",
        b'{"guild": {"id": "1"',
    ],
)
def test_what_is_no_json(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(content)
    assert "is not a JSON file" in refusal(path)


@pytest.mark.parametrize(
    "content",
    [
        [],
        [[1]],
        {},
        3,
        {"guild": {}, "channel": {}},
        {"messages": {}},
        {"guild": {}, "messages": None},
        {str(n): n for n in range(5000)},
    ],
)
def test_json_of_another_shape(tmp_path: Path, content: object) -> None:
    path = tmp_path / "package.json"
    path.write_text(json.dumps(content))
    assert "not a channel that DiscordChatExporter exported" in refusal(path)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"guild": None}, "guild"),
        ({"channel": {"id": "1"}}, "channel.type"),
        ({"guild": {"id": "one"}}, "guild.id"),
    ],
)
def test_a_head_that_cannot_be_read(tmp_path: Path, change: dict[str, Any], place: str) -> None:
    assert f": {place} is" in refusal(write(tmp_path, "a.json", export(message()) | change))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": TEXT}, "id"),
        ({"id": str(2**63)}, "id"),
        ({"type": TEXT}, "type"),
        ({"type": None, "author": None}, "author"),
        ({"author": {"name": TEXT}}, "author.id"),
        ({"content": [TEXT]}, "content"),
        ({"timestampEdited": TEXT}, "timestampEdited"),
        ({"timestampEdited": "2024-03-01T12:00:00"}, "timestampEdited"),
        ({"timestampEdited": "9999-12-31T23:59:59-12:00"}, "timestampEdited"),
        ({"_contentLength": -1}, "_contentLength"),
        ({"reactions": [reaction(), reaction() | {"count": None}]}, "reactions.1.count"),
        ({"reactions": [reaction() | {"users": [{}]}]}, "reactions.0.users.0.id"),
        ({"mentions": TEXT}, "mentions"),
    ],
)
def test_a_message_that_cannot_be_read(tmp_path: Path, change: dict[str, Any], place: str) -> None:
    path = write(tmp_path, "a.json", export(message(1), message(2, **change)))
    assert f"message 2: {place} is missing or unreadable" in refusal(path)


def test_a_message_that_is_no_object(tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", export() | {"messages": [TEXT]})
    assert "message 1: all of it is" in refusal(path)


def test_a_file_that_breaks_off_anywhere(tmp_path: Path) -> None:
    whole = json.dumps(export(message(1, reactions=[reaction(users=(1,))]))).encode()
    path = tmp_path / "a.json"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert "Export it again" in refusal(path)
    path.write_bytes(whole + b"\n")
    check(path)


def test_brackets_without_end_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(export(message()))[:-30] + ', "x": ' + "[" * 500_000)
    tracemalloc.start()
    try:
        refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_reversed_export(tmp_path: Path) -> None:
    assert "reversing" in refusal(write(tmp_path, "a.json", export(message(2), message(1))))


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    assert "cannot be read" in refusal(tmp_path / "a.json")


def test_an_export_without_messages(tmp_path: Path) -> None:
    assert check(write(tmp_path, "a.json", export())).first_id == 0


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = write(tmp_path, "a.json", export(*(message(n) for n in range(1, count))))
        tracemalloc.start()
        try:
            check(path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(8_000) < peak(800) + 200_000


def test_progress_counts_every_byte(tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", export(*(message(n) for n in range(1, 400))))
    told: list[tuple[int, int]] = []
    size = files.size_of([path])
    meter = Meter(2 * size, lambda done, total: told.append((done, total)))
    checked = files.check(path, meter)
    list(files.messages(checked, meter))
    assert told == sorted(told)
    assert told[-1] == (2 * size, 2 * size)


def test_the_files_of_a_guild_are_read_in_order_of_time(tmp_path: Path) -> None:
    paths = [
        write(tmp_path, "a.json", export(message(2), message(5))),
        write(tmp_path, "b.json", export(message(1), message(3), message(5), message(9))),
        write(tmp_path, "c.json", export(message(7), message(8))),
        write(tmp_path, "d.json", export()),
    ]
    exports = [check(path) for path in paths]
    summary = Summary(dry_run=True)
    (batch,) = _batches(_timeline(exports, Meter(0, None)), summary)
    assert [e.source_id for e in batch] == [
        f"{message_id(n)}:message_create" for n in (1, 2, 3, 5, 5, 7, 8, 9)
    ]
    assert summary.messages == 7


def test_all_copies_of_a_message_are_in_one_batch(tmp_path: Path) -> None:
    givers = tuple(range(1, 700))
    crowded = message(1, reactions=[reaction(count=700, users=givers)])
    paths = [write(tmp_path, f"{n}.json", export(crowded, message(2))) for n in range(2)]
    batches = list(
        _batches(_timeline([check(p) for p in paths], Meter(0, None)), Summary(dry_run=True))
    )
    assert [len(b) for b in batches] == [2 * 701, 2]


def test_the_author_need_not_have_anything_new(tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", export(message(author=user(1, unheard_of=[1]), unknown={})))
    assert check(path).first_id == message_id(1)
