"""Every named statement of the program as text that PostgreSQL can prepare."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from projections.engine.read_model import read_models
from sql.rows import Table, _statement, loading
from sql.statements import ROOT, blocks, query

_PLACEHOLDER = re.compile(rb"%\((\w+)\)[sbt]")
_TEMPLATE = re.compile(rb"\{\w+\}")
_NOT_PREPARED = tuple(b"do $$,set ,listen,begin,commit,create ,alter ,drop ,copy ".split(b","))


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: where it stands, what is said of it there, and its text."""

    name: str
    block: str
    text: bytes

    @property
    def parameters(self) -> list[str]:
        """The names of its parameters in the order of their numbers."""
        return list(dict.fromkeys(match[1].decode() for match in _PLACEHOLDER.finditer(self.text)))

    @property
    def numbered(self) -> bytes:
        """``%(name)s`` as ``$1``, the same name the same number."""
        order = [name.encode() for name in self.parameters]
        text = _PLACEHOLDER.sub(lambda match: b"$%d" % (order.index(match[1]) + 1), self.text)
        return text.replace(b"%%", b"%")


def all_statements() -> Iterator[Statement]:
    """Utility statements, which cannot be prepared, are left out, and generic ones are filled in
    for each table."""
    for path in sorted([*ROOT.glob("queries/*.sql"), *ROOT.glob("read_models/*.sql")]):
        file = str(path.relative_to(ROOT))
        for name, block in blocks(file).items():
            text = query(file, name)
            if not _TEMPLATE.search(text) and not text.lower().startswith(_NOT_PREPARED):
                yield Statement(f"{file}:{name}", block, text)
    for model in read_models().values():
        for table in model.tables:
            for name in names_for(table):
                text = _statement(table, name, "public").as_bytes(None)
                yield Statement(f"{table.name}:{name}", blocks("queries/rows.sql")[name], text)


def names_for(table: "Table[object]") -> list[str]:
    """The generic statements that are used for a table."""
    if table.kind != "state":
        return [table.kind, "count"]
    of_members = ["load_members_of"] if loading(table) == "load_members" else []
    return ["upsert" if table.added else "upsert_key_only", loading(table), *of_members, "count"]
