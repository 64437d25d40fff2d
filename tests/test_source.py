from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unprivileged import as_nobody, open_folder

from stackaudit.model import ScanError, Skip
from stackaudit.source import SourceFile, language_of, printable, read, size_text

LIMIT = 1 << 20


def opened(folder: Path, data: bytes, name: str = "a.py") -> SourceFile:
    (folder / name).write_bytes(data)
    result = read(folder, name, LIMIT)
    assert isinstance(result, SourceFile), result
    return result


def skipped(folder: Path, data: bytes, name: str = "a.dat") -> str:
    (folder / name).write_bytes(data)
    result = read(folder, name, LIMIT)
    assert isinstance(result, Skip), result
    assert result.path == name
    return result.reason


TEXT = 'model = "ä😀"\r\nx = 1\n'


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-be", "utf-32", "bare utf-16-le", "bare utf-16-be"],
)
def test_every_unicode_encoding_is_read_as_utf8(tmp_path: Path, data: bytes) -> None:
    source = opened(tmp_path, data, "a.ini")
    assert source.data == TEXT.encode()
    assert source.language == "ini"
    assert source.position(source.data.index(b"x = 1")) == (2, 1)
    assert source.fault == ""


def test_wrong_encoding_is_kept(tmp_path: Path) -> None:
    source = opened(tmp_path, b"# caf\xe9\nmodel = 1\n")
    assert source.data == b"# caf\xe9\nmodel = 1\n"
    assert source.fault == "is not UTF-8 (line 1, column 6)"
    assert source.position(7) == (2, 1)


def test_a_stray_nul_does_not_make_source_binary(tmp_path: Path) -> None:
    data = b"x = 1\n" * 50 + b"\0" + b"y = 2\n"
    assert opened(tmp_path, data).data == data
    assert opened(tmp_path, data).fault == "contains NUL bytes"
    assert skipped(tmp_path, data, "a.dat") == "binary"


BINARIES = [
    b"\x7fELF" + bytes(range(256)) * 8,
    b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + os.urandom(200),
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    b"\xff\xfe\x01\x02\x03\x04\x00\x00\x05\x06",
    b"\0" * 5000,
    b"\x01\x00\x02\x00\x03\x00\x04\x00" * 30,
]


@pytest.mark.parametrize("data", BINARIES)
@pytest.mark.parametrize("name", ["a.dat", "a.py"])
def test_binary_files_are_skipped(tmp_path: Path, data: bytes, name: str) -> None:
    assert skipped(tmp_path, data, name) == "binary"


def test_pictures_and_documents_without_a_nul_are_skipped_and_sources_are_not(
    tmp_path: Path,
) -> None:
    for head in (b"%PDF-1.7\n", b"GIF89a = 1\n", b"RIFF\x24\x01\x01\x01WAVE"):
        assert skipped(tmp_path, head + b"gpt-4o " * 50, "a.pdf") == "binary"
    assert opened(tmp_path, b"GIF89a = 1\n").language == "python"


def test_size_limit_is_exact(tmp_path: Path) -> None:
    assert len(opened(tmp_path, b"a" * LIMIT).data) == LIMIT
    assert skipped(tmp_path, b"a" * (LIMIT + 1)) == "larger than 1 MiB"
    assert opened(tmp_path, b"").data == b""


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    (tmp_path / "folder.py").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.py"))
        results = [
            read(tmp_path, f"{n}.py", LIMIT) for n in ("pipe", "folder", "link", "gone", "socket")
        ]
    assert results[:2] == [
        Skip("pipe.py", "not a regular file"),
        Skip("folder.py", "not a regular file"),
    ]
    assert all(isinstance(result, ScanError) for result in results[2:])
    assert results[3] == ScanError("gone.py", "no such file or directory")
    assert isinstance(read(tmp_path, "a\0b", LIMIT), ScanError)


def test_files_whose_size_is_not_known_beforehand() -> None:
    result = read(Path("/proc/self"), "status", LIMIT)
    assert isinstance(result, SourceFile)
    assert b"VmRSS" in result.data
    assert read(Path("/proc/self"), "status", 100) == Skip("status", "larger than 100 bytes")


def test_unreadable_file() -> None:
    with open_folder() as folder:
        (folder / "a.py").write_text("x")
        (folder / "a.py").chmod(0)
        with as_nobody():
            assert read(folder, "a.py", LIMIT) == ScanError("a.py", "permission denied")


def test_undecodable_names_become_printable(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    source = opened(tmp_path, b"x", name)
    assert source.path == "caf\ufffd.py" == printable(name)
    assert printable("ä/ö.py") == "ä/ö.py"


def expected_position(data: bytes, offset: int) -> tuple[int, int]:
    before = data[:offset].replace(b"\r\n", b"\n ").replace(b"\r", b"\n")
    if data[offset - 1 : offset + 1] == b"\r\n":  # between the two halves of one line end
        before = before[:-1] + b" "
    line = before.count(b"\n") + 1
    tail = data[:offset]
    start = max(tail.rfind(b"\n"), tail.rfind(b"\r")) + 1
    if data[offset - 1 : offset + 1] == b"\r\n":
        start = max(tail[:-1].rfind(b"\n"), tail[:-1].rfind(b"\r")) + 1
    return line, len(data[start:offset].decode("utf-8", "replace")) + 1


@given(st.text(alphabet="ab\n\r\tä😀€", max_size=60))
def test_positions_of_every_character(text: str) -> None:
    data = text.encode()
    source = SourceFile("a", data, "text")
    offset = 0
    for character in text:
        if not (character == "\n" and data[offset - 1 : offset] == b"\r"):
            assert source.position(offset) == expected_position(data, offset), offset
        offset += len(character.encode())


def test_positions_in_long_lines_that_are_not_ascii() -> None:
    text = "x" + "ä€😀a" * 30_000
    data = text.encode()
    source = SourceFile("a", b"first\r\n" + data, "text")
    for characters in (0, 1, 1000, 40_961, 99_999, 119_999):
        offset = 7 + len(text[:characters].encode())
        assert source.position(offset) == (2, characters + 1)


def test_positions_cost_the_same_anywhere() -> None:
    source = SourceFile("a", "é".encode() * 2_000_000, "text")
    source.position(0)
    started = time.perf_counter()
    for offset in range(0, 4_000_000, 400):
        source.position(offset)
    assert time.perf_counter() - started < 1.0, "10,000 look-ups in one 4 MB line"


LANGUAGES = [
    ("python", "a.py a.pyi A.PY stub.pyx SConstruct"),
    ("typescript", "a.ts a.tsx a.mts a.spec.ts"),
    ("javascript", "a.js a.cjs a.jsx a.min.js"),
    ("go", "a.go"),
    ("csharp", "A.cs"),
    ("cpp", "a.h a.cc a.cu"),
    ("ruby", "Gemfile Rakefile a.gemspec"),
    ("groovy", "Jenkinsfile Jenkinsfile.release build.gradle"),
    ("kotlin", "build.gradle.kts A.kt"),
    ("dockerfile", "Dockerfile Dockerfile.dev app.Dockerfile Containerfile dockerfile-gpu"),
    ("makefile", "Makefile rules.mk Makefile.am"),
    ("modelfile", "Modelfile Modelfile.small llama.modelfile"),
    ("yaml", "a.yaml a.yml config.yaml.example values.yaml.j2 docker-compose.yml.dist"),
    ("json", "a.json a.jsonc a.jsonl settings.json.sample composer.lock .babelrc"),
    ("toml", "pyproject.toml uv.lock Pipfile .secrets_template.toml"),
    ("env", ".env .env.example .env.local prod.env env.example .env.enterprise.example"),
    ("shell", "a.sh .bashrc .envrc"),
    ("ini", "setup.cfg a.ini .npmrc nginx.conf"),
    ("properties", "application.properties"),
    ("xml", "pom.xml App.csproj web.config"),
    ("hcl", "main.tf a.tfvars"),
    ("markdown", "README.md a.mdx rules.mdc"),
    ("notebook", "a.ipynb"),
    ("csv", "a.csv"),
    ("sql", "a.sql"),
    ("vue", "App.vue"),
    ("r", "a.R .Rprofile"),
    ("text", "requirements.txt LICENSE yarn.lock go.mod unknown a.xyz a.css .hidden a."),
]


@pytest.mark.parametrize(
    ("language", "name"),
    [(language, name) for language, names in LANGUAGES for name in names.split()],
)
def test_language_of_a_name(language: str, name: str) -> None:
    assert language_of(name, b"") == language
    assert language_of(f"some.d/folder/{name}", b"") == language


@pytest.mark.parametrize(
    ("head", "language"),
    [
        (b"#!/usr/bin/env python3\nimport os", "python"),
        (b"#!/usr/bin/python3.11 -u\n", "python"),
        (b"#! /bin/bash\r\n", "shell"),
        (b"#!/usr/bin/env -S A=1 node --x\n", "javascript"),
        (b"#!/usr/bin/env -S deno run\n", "typescript"),
        (b"#!/usr/bin/Rscript", "r"),
        (b"#!/bin/cat\n", "text"),
        (b"#!", "text"),
        (b"#!/usr/bin/env", "text"),
        (b"print(1)", "text"),
    ],
)
def test_language_of_a_script(head: bytes, language: str) -> None:
    assert language_of("bin/run", head) == language
    assert language_of("run.rb", head) == "ruby"


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (12, "12 bytes"),
        (1024, "1 KiB"),
        (5 << 20, "5 MiB"),
        (2621440, "2.5 MiB"),
        (1 << 30, "1 GiB"),
    ],
)
def test_sizes_in_words(size: int, text: str) -> None:
    assert size_text(size) == text
