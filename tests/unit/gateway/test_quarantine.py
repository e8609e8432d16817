"""What is kept of a payload that cannot be read: enough to find the cause, never the text."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.quarantine import guild_of, quarantined, skeleton
from bot.gateway.translate import translate
from tests.unit.gateway import payloads as p


def record(name: str, data: Any) -> Any:
    try:
        translate(name, data, p.around())
    except Exception as error:
        return quarantined(name, data, error, p.START)
    raise AssertionError("it was understood")


def test_a_record_says_where_and_what() -> None:
    found = record("MESSAGE_CREATE", p.message(type={}, channel_id="secret"))
    assert found.guild_id == p.GUILD
    assert found.problems == [
        {"loc": ["channel_id"], "type": "int_parsing"},
        {"loc": ["type"], "type": "int_type"},
    ]
    assert found.skeleton["id"] == str(p.MESSAGE)
    assert found.skeleton["author"]["username"] == "str"
    assert found.skeleton["channel_id"] == "str"


def test_no_text_is_kept_even_when_it_looks_like_an_id() -> None:
    data = p.message(content="123456789012345678", type="secret", nonce="secret", embeds=["secret"])
    kept = json.dumps(
        [record("MESSAGE_CREATE", data).skeleton, str(record("MESSAGE_CREATE", data))]
    )
    assert "secret" not in kept
    assert "123456789012345678" not in kept


def test_a_mistake_of_ours_is_named() -> None:
    found = quarantined("MESSAGE_CREATE", {}, KeyError("secret"), p.START)
    assert found.problems == [{"loc": [], "type": "KeyError"}]


def test_a_skeleton_is_bounded() -> None:
    deep: Any = {}
    for _ in range(1000):
        deep = {"a": deep}
    wide = {str(i): list(range(1000)) for i in range(1000)}
    assert len(json.dumps(skeleton(deep))) < 200
    assert len(json.dumps(skeleton(wide))) < 6000


@pytest.mark.parametrize(
    ("name", "data", "guild_id"),
    [
        ("MESSAGE_CREATE", {"id": "1", "guild_id": "2"}, 2),
        ("MESSAGE_CREATE", {"id": "1"}, None),
        ("GUILD_CREATE", {"id": "1"}, 1),
        ("GUILD_DELETE", {"id": "9" * 30}, None),
        ("GUILD_CREATE", {"id": True}, None),
        ("GUILD_CREATE", {"id": "-1"}, None),
        ("GUILD_CREATE", [], None),
    ],
)
def test_the_guild_of_a_payload(name: str, data: Any, guild_id: int | None) -> None:
    assert guild_of(name, data) == guild_id


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_json)
def test_any_payload_has_a_skeleton(data: Any) -> None:
    skeleton(data)
    guild_of("GUILD_CREATE", data)
