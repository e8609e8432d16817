"""Loads named statements from ``.sql`` files.

A file is a sequence of blocks::

    -- name: what_it_is
    -- One or more comment lines that say what it does.
    select ...;

Everything up to the next ``-- name:`` belongs to the block.
"""

import re
from functools import cache
from pathlib import Path

from psycopg import sql

ROOT = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@cache
def blocks(relative_path: str) -> dict[str, str]:
    """All named blocks of ``sql/<relative_path>``, comments included.

    Raises ValueError for a name used twice, text before the first name, or no description.
    """
    text = (ROOT / relative_path).read_text(encoding="utf-8")
    head, *parts = _NAME.split(text)
    if any(line.strip() and not line.startswith("--") for line in head.splitlines()):
        raise ValueError(f"{relative_path}: a statement stands before the first '-- name:'")
    found: dict[str, str] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        if name in found:
            raise ValueError(f"{relative_path}: {name!r} is defined twice")
        if not body.lstrip().startswith("--"):
            raise ValueError(f"{relative_path}: {name!r} has no description")
        found[name] = body.strip()
    return found


@cache
def query(relative_path: str, name: str) -> bytes:
    """One named statement, ready for ``execute``, without its comments."""
    body = blocks(relative_path)[name]
    lines = (line for line in body.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines).strip().rstrip(";").encode()


def template(relative_path: str, name: str) -> sql.SQL:
    """One named statement with ``{identifier}`` placeholders, for ``.format(...)``."""
    return sql.SQL(query(relative_path, name).decode())
