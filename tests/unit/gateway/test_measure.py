"""What is asked of a text: code, links, emoji."""

import pytest

from bot.gateway.measure import Made, made

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Made(False, False, 0)),
        ("hello 123 #1 (c) *", Made(False, False, 0)),
        ("`inline` and ``` open", Made(False, False, 0)),
        ("```\nx = 1\n```", Made(True, False, 0)),
        ("```https://example.org \U0001f389```", Made(True, False, 0)),
        ("see <https://example.org/a>", Made(False, True, 0)),
        ("https:// and http://x", Made(False, False, 0)),
        ("\U0001f389\U0001f389 \u2764\ufe0f", Made(False, False, 3)),
        ("\U0001f1e9\U0001f1ea \U0001f44d\U0001f3fd 1\ufe0f\u20e3", Made(False, False, 3)),
        (FAMILY, Made(False, False, 1)),
        ("<:tada:123456789012345678><a:go:123456789012345678>", Made(False, False, 2)),
        ("\u4f60\u597d \u20ac \u00df", Made(False, False, 0)),
    ],
)
def test_what_there_is_in_a_text(text: str, expected: Made) -> None:
    assert made(text) == expected
