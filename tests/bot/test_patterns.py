"""Patterns are looked up by what a line must hold to fit them; nothing that fits is missed."""

from string import ascii_letters, digits

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.patterns import Pattern, matches, patterns
from models.text import plain

WRITTEN = sorted(
    {*ascii_letters, *digits, *"零一二两三十百千万半 -+/.,、:", *(each for one in patterns() for each in one.source)}
)


def lines_of(pattern: Pattern) -> st.SearchStrategy[str]:
    return st.from_regex(pattern.regex, fullmatch=True, alphabet=st.sampled_from(WRITTEN)).map(plain)


@settings(max_examples=100)
@given(st.sampled_from(patterns()).flatmap(lines_of))
@pytest.mark.slow
def test_what_is_looked_up_is_what_trying_every_pattern_finds(line: str) -> None:
    assert [match.pattern for match in matches(line)] == [each for each in patterns() if each.regex.fullmatch(line)]
