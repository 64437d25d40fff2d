"""Every spelling of an id gives the same segments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackaudit.catalogue.ids import is_size, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Qwen2.5-7B-Instruct", "qwen 2 5 7b instruct"),
        ("qwen-2.5-7b_instruct", "qwen 2 5 7b instruct"),
        ("qwen2p5 7b instruct", "qwen 2 5 7b instruct"),
        ("gemma-2b", "gemma 2b"),
        ("gemma-2-2b-it", "gemma 2 2b it"),
        ("llama3.2:1b", "llama 3 2 1b"),
        ("mixtral-8x22b", "mixtral 8x22b"),
        ("Qwen3-30B-A3B", "qwen 3 30b a3b"),
        ("gemma3n:e4b", "gemma 3 n e4b"),
        ("opt-1.3b", "opt 1.3b"),
        ("phi-3-mini-128k", "phi 3 mini 128k"),
        ("deepseek-v3p1", "deepseek v 3 1"),
        ("claude-3-5-sonnet@20240620", "claude 3 5 sonnet 20240620"),
        ("Q4_K_M", "q 4 k m"),
        ("sabiá-3", "sabiá 3"),
        ("", ""),
        ("---", ""),
    ],
)
def test_segments(text: str, expected: str) -> None:
    assert " ".join(segments(text)) == expected


@pytest.mark.parametrize("size", ["7b", "0.5b", "8x7b", "8x22b", "a3b", "e2b", "128k", "350m"])
def test_sizes(size: str) -> None:
    assert is_size(size)


@pytest.mark.parametrize("other", ["b", "7", "7bit", "ab", "instruct", ""])
def test_not_sizes(other: str) -> None:
    assert not is_size(other)


@given(
    st.lists(st.sampled_from(["qwen", "2", "chat", "instruct", "llama", "3"]), min_size=1),
    st.lists(st.sampled_from("-_.: /"), min_size=30, max_size=30),
)
def test_separators_do_not_matter(parts: list[str], separators: list[str]) -> None:
    written = parts[0] + "".join(separators[n % 30] + part for n, part in enumerate(parts[1:]))
    assert segments(written) == tuple(parts)


@given(st.text(st.characters(codec="ascii"), max_size=80))
def test_any_text_splits(text: str) -> None:
    joined = "".join(segments(text))
    assert joined == joined.lower()
    assert segments(text) == segments(text.upper().lower())
