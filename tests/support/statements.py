"""Every named statement of the program as text that PostgreSQL can prepare."""

import re
from collections.abc import Iterator

from projections.engine.read_model import read_models
from sql.rows import Table, _statement, loading
from sql.statements import ROOT, blocks, query

_PLACEHOLDER = re.compile(rb"%\((\w+)\)[sbt]")
_NOT_PREPARED = tuple(b"do $$,set ,listen,begin,commit,create ,alter ,drop ,copy ".split(b","))


def all_statements() -> Iterator[tuple[str, bytes]]:
    """Name and text, placeholders numbered; utility statements, which cannot be prepared, are
    left out, and generic ones are filled in for each table."""
    for path in sorted([*ROOT.glob("queries/*.sql"), *ROOT.glob("read_models/*.sql")]):
        file = str(path.relative_to(ROOT))
        for name in blocks(file):
            text = query(file, name)
            if b"{" in text or text.lower().startswith(_NOT_PREPARED):
                continue
            yield f"{file}:{name}", numbered(text)
    for model in read_models().values():
        for table in model.tables:
            for name in names_for(table):
                text = _statement(table, name, "public").as_bytes(None)
                yield f"{table.name}:{name}", numbered(text)


def names_for(table: "Table[object]") -> list[str]:
    if table.kind == "state":
        return ["upsert", loading(table)]
    return [table.kind]


def numbered(text: bytes) -> bytes:
    """``%(name)s`` as ``$1``, the same name the same number."""
    order: list[bytes] = []

    def number(match: "re.Match[bytes]") -> bytes:
        if match[1] not in order:
            order.append(match[1])
        return b"$%d" % (order.index(match[1]) + 1)

    return _PLACEHOLDER.sub(number, text).replace(b"%%", b"%")
