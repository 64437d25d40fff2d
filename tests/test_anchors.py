"""Both matchers find exactly what a naive search finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackaudit.anchors import Find, matcher, trie_matcher

LITERALS = ["qwen", "gpt-4", "gpt-4o", "ama", "llama", "api.example.ai", '"o1"', "aa", "a+b"]
MATCHERS = {"best": matcher(LITERALS), "trie": trie_matcher(LITERALS)}
PIECES = [*LITERALS, "Q", "wen", "GPT", "-4", "LLAMA", " ", "\n", "\x00", "é", "aaa"]


def naive(data: bytes) -> list[int]:
    lowered = data.lower()
    return sorted(
        {
            at
            for literal in LITERALS
            for at in range(len(data))
            if lowered.startswith(literal.encode(), at)
        }
    )


@pytest.mark.parametrize("find", MATCHERS.values(), ids=MATCHERS)
@given(parts=st.lists(st.sampled_from(PIECES), max_size=40))
def test_finds_what_a_naive_search_finds(find: Find, parts: list[str]) -> None:
    data = "".join(parts).encode()
    assert find(data) == naive(data)


@pytest.mark.parametrize("find", MATCHERS.values(), ids=MATCHERS)
def test_any_bytes(find: Find) -> None:
    assert find(b"") == []
    assert find(bytes(range(256))) == []
    assert find(b"\xff\xfeLlaMa") == [2, 4]
