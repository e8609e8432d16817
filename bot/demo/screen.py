"""How the demo prints: steps, progress bars, and Discord's embeds as panels."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import discord
from rich import box
from rich.console import Console, Group
from rich.markdown import Markdown
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

console = Console()
_MENTION = re.compile(r"<@!?(\d+)>")
_CHANNEL = re.compile(r"<#(\d+)>")
_TIME = re.compile(r"<t:(\d+):R>")


def step(number: int, text: str) -> None:
    """A heading."""
    console.print(f"\n[bold cyan]{number}.[/] [bold]{text}[/]")


def say(text: str) -> None:
    """A line under a heading."""
    console.print(f"   {text}")


@contextmanager
def bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar; call what it yields with how much more has been done."""
    columns = (
        TextColumn("   {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(label, total=total)
        yield lambda more: progress.advance(task, more)
        progress.update(task, completed=total)


def reply(who: str, typed: str, result: Any, names: dict[int, str]) -> None:
    """What Discord would show after ``who`` typed (or clicked) something."""
    message = result.response
    parts: list[Any] = []
    for embed in message.embeds:
        parts.append(_embed(embed, names))
    labels = [
        button.get("label") or button.get("emoji", {}).get("name", "")
        for row in message.components
        for button in row.get("components", [])
    ]
    if labels:
        parts.append("  ".join(f"[reverse] {label} [/]" for label in labels))
    private = " [dim](only you can see this)[/]" if message.ephemeral else ""
    console.print(f"\n   [bold]{who}[/] [green]{typed}[/]{private}")
    console.print(Panel(Group(*parts), box=box.ROUNDED, width=76, border_style="yellow"))


def _embed(embed: discord.Embed, names: dict[int, str]) -> Group:
    parts: list[Any] = []
    if embed.author.name:
        parts.append(f"[bold]{embed.author.name}[/]")
    if embed.title:
        parts.append(f"[bold yellow]{embed.title}[/]")
    if embed.description:
        parts.append(_text(embed.description, names))
    short = [field for field in embed.fields if field.inline]
    if short:
        grid = Table.grid(padding=(0, 3))
        for start in range(0, len(short), 3):
            trio = short[start : start + 3]
            grid.add_row(*(Group(f"[dim]{f.name}[/]", _text(f.value or "", names)) for f in trio))
        parts.append(grid)
    for field in embed.fields:
        if not field.inline:
            parts += [f"[dim]{field.name}[/]", _text(field.value or "", names)]
    if embed.footer.text:
        parts.append(f"[dim]{embed.footer.text}[/]")
    return Group(*parts)


def _day(stamp: re.Match[str]) -> str:
    """A moment that Discord shows in the reader's words, as its day."""
    return f"{datetime.fromtimestamp(int(stamp[1]), UTC):%Y-%m-%d}"


def _text(raw: str, names: dict[int, str]) -> Markdown:
    """Discord's text as a terminal can show it: mentions by name, each line its own."""
    plain = _MENTION.sub(lambda m: "@" + names.get(int(m[1]), m[1]), raw)
    plain = _TIME.sub(_day, _CHANNEL.sub("a channel", plain))
    return Markdown(plain.replace("\n", "  \n"))
