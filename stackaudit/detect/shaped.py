"""Places in source code that are shaped like those of models, regions and base URLs."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PLACE = re.compile(
    r"""(?:model|llm|lora_|peft_|engine|deployment|repo_id|checkpoint|embedder|reranker|region|location|"""
    r"""provider|"""
    r"""base_?url|api_?base|endpoint|host)[\w-]*["'`]?\]?\s*"""
    r"""(?::\s*[\w<>\[\]&'?| .]{1,40}(?=\s*=))?"""
    r"""(?:=>|:=|=|:|\()\s*(?:[rbfu]{0,2})["'`](?P<value>[^"'`\n]{1,200})["'`]""",
)
#: The default of an option of a program's own command line: add("--model", default="...").
_OPTION = re.compile(
    r"""["']--?[\w-]{0,40}(?:model|llm|checkpoint|embedder|tokenizer)[\w-]{0,40}["'][^()]{0,200}?"""
    r"""\bdefault\s*=\s*["'](?P<value>[^"'\n]{1,200})["']"""
)
_READ_PLACE = re.compile(
    r"""(?:model|llm|engine|deployment|base_?url|api_?base|endpoint|host|ur[il])[\w-]*["'`]?\]?"""
    r"""[ \t]*(?::[ \t]*[\w<>\[\]&'?| .]{1,40}(?=[ \t]*=))?(?:=>|:=|=|:|\()[ \t]*"""
    r"""(?:(?P<dotted>(?:process|bun|import\.meta)\.env\.)"""
    r"""|[\w.:$>]{0,40}(?:env|environ|get|var|fetch|variable|str)[(\[][ \t]*["'`])"""
    r"""(?P<name>[a-z][a-z0-9_]{2,80})""",
)


def places(text: str) -> Iterator[int]:
    """Offsets of values, and of the variables they are read from, that stand in such places."""
    lowered = text.lower()
    for found in _PLACE.finditer(lowered):
        yield found.start("value")
    for found in _OPTION.finditer(lowered):
        yield found.start("value")
    for found in _READ_PLACE.finditer(lowered):
        yield found.start("dotted" if found["dotted"] else "name")
