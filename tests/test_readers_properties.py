"""What must hold for any document: every string comes back, offsets are exact, nothing raises."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import tomli
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from stackaudit.detect.entry import Entry
from stackaudit.detect.readers import reader_for
from stackaudit.detect.readers.escaped import unescape

FORMATS = [
    *(
        "batch",
        "bicep",
        "csv",
        "dockerfile",
        "env",
        "hcl",
        "html",
        "ini",
        "json",
        "makefile",
        "markdown",
    ),
    *("modelfile", "powershell", "properties", "rst", "shell", "text", "toml", "xml", "yaml"),
]

# fmt: off
SNIPPETS = st.sampled_from([
    "gpt-4o", "Qwen/Qwen3-8B", "x: y", "#no", "a #b", "- d", "it's", 'say "hi"', "é 中文", "a\nb",
    "  lead", "trail ", "[a]", "{b}", "*s", "&t", "!u", "|", "> q", "%p", "@r", "`k", "true",
    "null", "12", "1e3", "~", "a\tb", "https://x.y/z?q=1#f", "long " * 30 + "end", "\\back\\n",
    "\U0001f600", "'", '"', "?", "? a", ":", "a:", "---", "...", "a,b", "a]", "x}", "$", "\x07",
])
KEY = st.sampled_from([
    "model", "api_base", "gpt-4o", "a b", "é", "k:x", "x#y", "'q'", '"d"', "1", "true", "中", "-k",
    "[k]", "x: y", "a.b", "UPPER_CASE",
])
PIECES = st.sampled_from([
    "model", ": ", "=", "\n", "\n  ", "\n- ", '"', "'", "`", "{", "}", "[", "]", "(", ")", "#",
    "\\", "{{", "}}", "${", "$(", "<<EOF\n", "EOF", "|", "|\n", ">", "&a ", "*a ", "!t ", "---\n",
    "<!--", "-->", "<a b=", "/>", "</a>", "<![CDATA[", '"""', "'''", "/*", "*/", "//", ",", ";",
    "\t", "\r\n", "```", "~~~\n", ".. x::\n", "::\n", "FROM ", "RUN ", "ENV ", "ONBUILD ",
    "export ", "-m ", "--x", "é", "\x00", "\ufeff", "\x85", "\xa0", "run: |\n  ", "args: ",
    "value: ", "name: ", "@'\n", "\\u12",
])
REPEATED = [
    '"', "'", "\"'", "`", "[", "{", "{[(", "}", '{"a":', "- ", "a: {", "{{", '{{ "', "${", "${a:-",
    "$(", '"$(', "(", "<", "<a ", '<a b="', "<!--", "<![CDATA[", "/*", "#", " #", "\\", "\\\n",
    "cat <<EOF\n", "<<A ", "a = <<EOF\n", "RUN <<EOF\n", "ONBUILD ", "FROM ", "a: |\n", "```\n",
    "~~~\n", '"""', "'''", '@"\n', "<#", "<script>", "[a]\n", "[[a.b]]\n", "a.", "a: x\n  b\n",
    " ", "\t", "\n", "\r\n", "\r", "\0", "\xff", ":", ": ", "=", "a=", ",", "a", "a ", "-", "--a ",
    "a: \"x\nb: 'y\n", '\\"', '"\\', "? ", "! ", "&a ", "``", "a::\n", 'sh -c "a b" ',
    "x '{\"a\": ", "run: |\n  cat <<E\n  run: |\n", '{"name": "a", "value": "b"},', "a: [\n",
    '- [ "\n', "${a.", "${a-", "$(or a,", "$(or ", "<a>", "</a", "http://", '{\\"a\\": ',
    '"{\\"a', "{{/* ", "{{- /*", "a = \\\n", "a: A = b\n", "sed s/a/ ", "s/a", "rem a\n",
    'set "a=', "a^\n", "C:\\a\\", "python -c 'a' ", "python <<E\nE\n", "code: |\n  import a\n",
    "a,b,",
]
# fmt: on
TEXT = SNIPPETS | st.text(
    st.characters(codec="utf-8", exclude_characters="=$\r\x85\u2028\u2029\ufeff{"), max_size=12
).filter(lambda text: not text.startswith("-"))
DOCUMENT = st.dictionaries(
    KEY,
    st.recursive(
        TEXT | st.integers() | st.booleans() | st.none(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4),
        max_leaves=15,
    ),
    min_size=1,
    max_size=4,
)


def strings(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, (*keys, key))
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner, keys)
    elif isinstance(value, str) and value:
        yield keys, value


def read(language: str, document: str) -> list[tuple[Entry, str]]:
    """Entries with their text; asserts that the offsets are those of a stretch of the file."""
    reader = reader_for(language)
    assert reader is not None
    data = document.encode()
    entries = []
    for entry in reader(data.decode("latin-1")):
        assert 0 <= entry.start <= entry.end <= len(data)
        assert entry.region in ("value", "key", "comment", "prose")
        entries.append((entry, entry.text or data[entry.start : entry.end].decode()))
    return entries


def missing(language: str, document: str, value: Any) -> Counter[tuple[tuple[str, ...], str]]:
    """Strings of ``value`` that did not come back under their keys."""
    found = Counter((e.keys, text) for e, text in read(language, document) if e.region == "value")
    return Counter(strings(value)) - found


@given(DOCUMENT)
def test_json_gives_back_every_string(value: dict[str, Any]) -> None:
    assert not missing("json", json.dumps(value), value)
    assert not missing("json", json.dumps(value, ensure_ascii=False, indent=2), value)


@given(DOCUMENT, st.booleans())
def test_json_in_a_string_gives_back_every_string(value: dict[str, Any], ascii_only: bool) -> None:
    value = {"model": value}
    inside = json.dumps(value, ensure_ascii=ascii_only)
    outer = {"body": {"text": inside, "list": [json.dumps(value, indent=1)]}}
    document = json.dumps(outer, ensure_ascii=ascii_only)
    wanted = {"body": {"text": value, "list": [value]}}
    for entry, text in read("json", document):
        raw = document.encode()[entry.start : entry.end].decode("latin-1")
        assert entry.region != "value" or text in (unescape(raw), twice(raw))
    assert not missing("json", document, wanted)
    assert not missing("toml", f"body.text = {json.dumps(inside)}", {"body": {"text": value}})
    assert not missing("yaml", f"body:\n  text: {json.dumps(inside)}", {"body": {"text": value}})


def twice(raw: str) -> str:
    return unescape(unescape(raw).encode().decode("latin-1"))


YAML_STYLES = [
    {},
    {"width": 40, "allow_unicode": True},
    {"default_flow_style": True},
    {"default_flow_style": True, "allow_unicode": True, "width": 1000},
    {"default_style": '"', "width": 30},
    {"default_style": "'", "allow_unicode": True},
    {"default_style": "|"},
    {"indent": 6},
]


@pytest.mark.parametrize("style", YAML_STYLES, ids=str)
@given(DOCUMENT)
def test_yaml_gives_back_every_string(style: dict[str, Any], value: dict[str, Any]) -> None:
    if style.get("default_style") == "|":
        value = stripped(value)  # an entry ends with the last character that is no blank
    assert not missing("yaml", yaml.safe_dump(value, **style), value)


def stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: stripped(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [stripped(inner) for inner in value]
    return value.strip() if isinstance(value, str) else value


@given(DOCUMENT)
def test_json_is_yaml(value: dict[str, Any]) -> None:
    assert not missing("yaml", json.dumps(value), value)
    assert not missing("yaml", json.dumps(value, indent=1), value)


def toml_string(text: str, style: int) -> str:
    if style == 1 and "'" not in text and text.isprintable():
        return f"'{text}'"
    if style == 2 and "'" not in text and text.isprintable():
        return f"'''\n{text}'''"
    if style == 3 and "\\" not in text and '"' not in text and text.isprintable():
        return f'"""{text}"""'
    return toml_basic(text)


def toml_basic(text: str) -> str:
    def one(c: str) -> str:
        return f"\\{c}" if c in '"\\' else c if " " <= c <= "~" else f"\\U{ord(c):08x}"

    return f'"{"".join(map(one, text))}"'


def toml_key(key: str) -> str:
    return key if key.isascii() and key.isidentifier() else toml_basic(key)


def toml_value(value: Any, style: int) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{toml_key(k)} = {toml_value(v, style)}" for k, v in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        separator = ",\n  " if style % 2 else ", "
        return "[" + separator.join(toml_value(inner, style) for inner in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return toml_string(value, style) if isinstance(value, str) else str(value)


def toml_document(value: dict[str, Any], style: int, path: tuple[str, ...] = ()) -> str:
    """Write a document: scalars first, then a table for each mapping and each list of mappings."""
    tables, lines = [], []
    for key, inner in value.items():
        name = ".".join(toml_key(part) for part in (*path, key))
        if isinstance(inner, dict):
            tables.append(f"[{name}]\n" + toml_document(inner, style, (*path, key)))
        elif inner and isinstance(inner, list) and all(isinstance(i, dict) for i in inner):
            tables += [
                f"[[{name}]]  # one\n" + toml_document(i, style, (*path, key)) for i in inner
            ]
        else:
            lines.append(f"{toml_key(key)} = {toml_value(inner, style)}\n")
    return "".join(lines + tables)


def without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_null(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_null(inner) for inner in value if inner is not None]
    return value % 2**60 if isinstance(value, int) and not isinstance(value, bool) else value


@given(DOCUMENT, st.integers(0, 3))
def test_toml_gives_back_every_string(value: dict[str, Any], style: int) -> None:
    value = without_null(value)
    document = toml_document(value, style)
    assert tomli.loads(document) == value, "the writer of this test is wrong"
    assert not missing("toml", document, value)


@pytest.mark.parametrize("language", FORMATS)
@given(st.lists(PIECES, max_size=40).map("".join))
@settings(max_examples=150)
def test_nothing_raises(language: str, document: str) -> None:
    for entry, _ in read_loosely(language, document.encode()):
        assert entry.start < entry.end


@pytest.mark.parametrize("language", ["json", "yaml", "toml"])
@given(DOCUMENT, st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=60)
def test_mutated_and_truncated(language: str, value: dict[str, Any], cut: int, byte: int) -> None:
    value = without_null(value)
    written = {
        "json": json.dumps(value),
        "yaml": yaml.safe_dump(value),
        "toml": toml_document(value, 1),
    }
    data = bytearray(written[language].encode())
    data += b"\n"
    cut %= len(data)
    list(read_loosely(language, bytes(data[:cut])))
    data[cut] = byte
    list(read_loosely(language, bytes(data)))


def read_loosely(language: str, data: bytes) -> Iterator[tuple[Entry, bytes]]:
    reader = reader_for(language)
    assert reader is not None
    for entry in reader(data.decode("latin-1")):
        assert 0 <= entry.start <= entry.end <= len(data)
        yield entry, data[entry.start : entry.end]


SIZE = 60_000
HOSTILE = {repr(piece): piece * (SIZE // len(piece)) for piece in REPEATED}
HOSTILE["distinct here-documents"] = "".join(f"c = <<E{i}\n" for i in range(SIZE // 12))
HOSTILE["deep mappings"] = "\n".join(" " * i + "a:" for i in range(450))
HOSTILE["one line of JSON"] = json.dumps({f"key-{i}": f"value {i}" for i in range(4000)})
HOSTILE["long lines of blanks"] = (" " * 2000 + "x\n") * 60


@pytest.mark.parametrize("language", FORMATS)
def test_time_is_linear(language: str) -> None:
    """Every hostile document takes at most half a second, as quadratic ones would not."""
    reader = reader_for(language)
    assert reader is not None
    slow = {}
    for name, document in HOSTILE.items():
        start = time.process_time()
        for _ in reader(document):
            pass
        seconds = time.process_time() - start
        if seconds > 0.5:
            slow[name] = seconds
    assert not slow
