"""Reads PromQL as far as it takes to know which series and labels an expression names."""

import re
from itertools import pairwise
from typing import NamedTuple

FUNCTIONS = {"histogram_quantile", "increase", "rate"}
AGGREGATIONS = {"max", "min", "sum"}
TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*")|(?P<range>\[[\w$]+\])|(?P<name>[a-zA-Z_:][\w:]*)"""
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<sign>=~|!=|==|>=|<=|[-+*/(){},=<>]))"
)


class NotPromQL(Exception):
    """It could not be read."""


class Named(NamedTuple):
    """The series, each with the labels it is matched by, and the labels that are grouped by."""

    series: dict[str, set[str]]
    by: set[str]


def read(expr: str) -> Named:
    """What ``expr`` names. Raises NotPromQL."""
    found, open_at, last, before = Named({}, set()), [""], "", ""
    for (kind, word), (_, following) in pairwise([*_tokens(expr), ("end", "")]):
        if word in {"(", "{"}:
            open_at.append("by" if before == "by" else word)
        elif word in {")", "}"}:
            _demand((open_at.pop() == "{") == (word == "}") and bool(open_at), expr)
        elif kind == "name" and open_at[-1] == "{":
            _demand(following in {"=", "!=", "=~"}, expr)
            found.series[last].add(word)
        elif kind == "name" and open_at[-1] == "by":
            found.by.add(word)
        elif kind == "name" and following == "by":
            _demand(word in AGGREGATIONS, expr)
        elif kind == "name" and following == "(":
            _demand(word == "by" or word in FUNCTIONS | AGGREGATIONS, expr)
        elif kind == "name":
            found.series.setdefault(word, set())
            last = word
        elif before in {"=", "!=", "=~"}:
            _demand(kind == "text", expr)
        before = word
    _demand(open_at == [""], expr)
    return found


def _tokens(expr: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while expr[at:].strip():
        match = TOKEN.match(expr, at)
        _demand(match is not None, expr[at:])
        assert match is not None and match.lastgroup is not None
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def _demand(true: bool, where: str) -> None:
    if not true:
        raise NotPromQL(where)
