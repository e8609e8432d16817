"""Finds export files, checks them, and reads them without ever holding one in memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from bot.importer import stream
from bot.importer.errors import ImportRefused
from bot.importer.format import Head, Message

_AGAIN = "Export it again with DiscordChatExporter, format JSON."
_M = TypeVar("_M", bound=BaseModel)


class Progress(Protocol):
    """Is told how far an import has come."""

    def __call__(self, done: int, total: int) -> None:
        """``done`` of ``total`` bytes are read. Each file counts twice: checked, then imported."""


@dataclass(slots=True)
class Meter:
    """Adds up the bytes that are read and passes the sum on."""

    total: int
    progress: Progress | None
    done: int = 0

    def advance(self, size: int) -> None:
        """``size`` more bytes are read."""
        self.done += size
        if self.progress is not None and size:
            self.progress(self.done, self.total)


@dataclass(slots=True)
class Bytes:
    """A file that is opened for each read only, so that any number can be read side by side."""

    path: Path
    meter: Meter
    position: int = field(default=0, init=False)

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes at most."""
        if size == 0:
            return b""
        with self.path.open("rb") as file:
            file.seek(self.position)
            data = file.read(size)
        self.position += len(data)
        self.meter.advance(len(data))
        return data


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was checked."""

    path: Path
    head: Head
    first_id: int
    """The id of the first message, which is the lowest; 0 when there is none."""


def find(paths: Iterable[Path]) -> list[Path]:
    """The files named, and every ``.json`` file in or under the folders named, each once."""
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise ImportRefused(f"There is no file or folder '{path}'.")
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        if not files:
            raise ImportRefused(f"There is no .json file in '{path}'. {_AGAIN}")
        for file in files:
            found.setdefault(file.resolve(), file)
    return list(found.values())


def size_of(files: Sequence[Path]) -> int:
    """How many bytes ``files`` have together."""
    return sum(file.stat().st_size for file in files)


def check(path: Path, meter: Meter) -> Export:
    """Read the whole file once. Raises ImportRefused if any of it could not be imported."""
    reading = _parts(path, meter)
    head = next(reading)
    assert isinstance(head, Head)
    first = last = 0
    for message in reading:
        assert isinstance(message, Message)
        if message.id < last:
            raise ImportRefused(
                f"'{path}' is not in order of time, oldest message first. "
                "Export it again without reversing the order."
            )
        first, last = first or message.id, message.id
    return Export(path, head, first)


def messages(export: Export, meter: Meter) -> Iterator[Message]:
    """The messages of a file that was checked."""
    return (part for part in _parts(export.path, meter) if isinstance(part, Message))


def _parts(path: Path, meter: Meter) -> Iterator[Head | Message]:
    """The head, then each message. Every way in which the file can be wrong ends here."""
    objects = stream.objects(Bytes(path, meter))
    try:
        yield _head(path, objects)
        for number, value in enumerate(objects, 1):
            yield _valid(Message, value, f"'{path}', message {number}:")
    except stream.NotAnExport:
        raise ImportRefused(
            f"'{path}' is JSON, but not a channel that DiscordChatExporter exported. {_AGAIN}"
        ) from None
    except stream.NotJson:
        raise ImportRefused(f"'{path}' breaks off or is damaged. {_AGAIN}") from None
    except OSError as error:
        raise ImportRefused(f"'{path}' cannot be read: {error.strerror}.") from error


def _head(path: Path, objects: Iterator[object]) -> Head:
    try:
        value = next(objects)
    except stream.NotJson:
        raise ImportRefused(f"'{path}' is not a JSON file, or breaks off early. {_AGAIN}") from None
    return _valid(Head, value, f"'{path}':")


def _valid(model: type[_M], value: object, where: str) -> _M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        # The place only: what stands there may be somebody's text.
        place = ".".join(map(str, error.errors(include_input=False)[0]["loc"])) or "all of it"
        raise ImportRefused(f"{where} {place} is missing or unreadable. {_AGAIN}") from None
