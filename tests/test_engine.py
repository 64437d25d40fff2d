"""Whole scans of small trees: what is found, what fails the build, what could not be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from unprivileged import as_nobody, open_folder

from stackaudit import engine
from stackaudit.model import Component, ConfigError, Policy, Report, Settings

ROOT = Path(__file__).parent.parent
APP = """from openai import OpenAI
client = OpenAI(base_url="https://api.deepseek.com")
client.chat.completions.create(model="deepseek-chat", messages=[])
"""


def tree(root: Path, **files: str | bytes) -> Path:
    """A folder of files; ``a__b_py`` is ``a/b.py``."""
    for name, content in files.items():
        folder, _, last = name.replace("__", "/").rpartition("/")
        stem, _, ending = last.rpartition("_")
        path = root / folder / f"{stem}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def scan(root: Path, **settings: object) -> Report:
    return engine.scan(root, Settings(**settings), as_of=date(2026, 11, 22))  # type: ignore[arg-type]


def by_id(report: Report) -> dict[str, Component]:
    return {component.id: component for component in report.components}


def run(*args: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "STACKAUDIT_DEBUG")}
    return subprocess.run(
        [sys.executable, "-m", "stackaudit", *map(str, args)],
        cwd=cwd, capture_output=True, encoding="utf-8", timeout=60,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def test_one_folder_end_to_end(tmp_path: Path) -> None:
    root = tree(
        tmp_path / "shop",
        app_py=APP,
        requirements_txt="openai==1.50\n",
        notes_md="We left gpt-4o.\n",
    )
    report = scan(root)
    found = by_id(report)
    assert list(found) == [
        "endpoint:api.deepseek.com",
        "model:deepseek/deepseek-chat",
        "model:openai/gpt-4-o",
        "sdk:pypi/openai",
    ]
    model = found["model:deepseek/deepseek-chat"]
    assert model.origin_country == "CN"
    assert [(r.provider, r.hosting.country, r.basis) for r in model.routes] == [
        ("deepseek", "CN", "observed")
    ]
    assert [(o.path, o.line, o.column, o.usage) for o in model.occurrences] == [
        ("app.py", 3, 39, "used")
    ]
    assert found["model:openai/gpt-4-o"].usages == ("doc",)
    assert found["sdk:pypi/openai"].usages == ("declared",)
    assert (report.root, report.coverage.scanned, report.coverage.errors) == ("shop", 3, ())


def test_one_file(tmp_path: Path) -> None:
    tree(tmp_path, app_py=APP, other_py='x = "gpt-4o"\n')
    report = scan(tmp_path / "app.py")
    assert list(by_id(report)) == [
        "endpoint:api.deepseek.com",
        "model:deepseek/deepseek-chat",
        "sdk:pypi/openai",
    ]
    assert {o.path for c in report.components for o in c.occurrences} == {"app.py"}


def test_a_tree_without_ai_shows_nothing(tmp_path: Path) -> None:
    tree(
        tmp_path,
        app_py="import flask\nbase_url = 'https://img.website.example'\n",
        package_json='{"dependencies": {"react": "18"}}',
    )
    report = scan(tmp_path)
    assert (report.components, report.findings, report.verdict.exit_code) == ((), (), 0)


def test_a_module_of_the_tree_itself_is_no_package(tmp_path: Path) -> None:
    tree(tmp_path, cohere_py="x = 1\n", app_py="import cohere\n")
    assert scan(tmp_path).components == ()


def test_weights_are_known_by_name_and_never_read(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "Qwen3-8B-Q4_K_M.gguf").write_bytes(b"\x00gpt-4o deepseek-chat")
    (component,) = scan(tmp_path).components
    assert (component.kind, component.family, component.origin_country) == (
        "weights",
        "qwen3",
        "CN",
    )


BROKEN = {
    "empty_py": b"",
    "nul_py": b"\x00\x00x = 1\n",
    "latin_py": b'caf\xe9 = "gpt-4o"\n',
    "syntax_py": b'from openai import OpenAI as X\nX(model="gpt-4.1"\ndef (:\n',
    "cut_json": b'{"model": "gpt-5',
    "deep_yaml": b"a: " + b"[" * 3000 + b"\nmodel: gpt-4o-mini\n",
    "nb_ipynb": b'{"cells": [',
    "toml_toml": b"= = =\n",
    "image_png": b"\x89PNG\r\n\x1a\n\x00\x00gpt-4o",
    "line_js": b"x='" + b"a" * 200_000 + b"'; y='gpt-5-mini'\n",
}


def test_broken_files_are_told_and_the_rest_is_scanned(tmp_path: Path) -> None:
    tree(tmp_path, app_py=APP, **BROKEN)
    report = scan(tmp_path, max_file_bytes=1_000_000)
    assert {
        "model:deepseek/deepseek-chat",
        "model:openai/gpt-4-o",
        "model:openai/gpt-4-1",
        "model:openai/gpt-4-o-mini",
    } <= set(by_id(report))
    assert "image.png" in {s.path for s in report.coverage.skipped} | {
        e.path for e in report.coverage.errors
    }
    assert "syntax.py" in {error.path for error in report.coverage.errors}
    assert all(
        "\n" not in error.error and "Traceback" not in error.error
        for error in report.coverage.errors
    )
    done = run("scan", tmp_path, "--fail-on", "never", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_above_the_bound_is_told(tmp_path: Path) -> None:
    tree(tmp_path, app_py=APP, big_py=b"# gpt-4o\n" * 2000)
    report = scan(tmp_path, max_file_bytes=1000)
    assert "model:openai/gpt-4-o" not in by_id(report)
    told = [s.path for s in report.coverage.skipped] + [e.path for e in report.coverage.errors]
    assert "big.py" in told


def test_an_unreadable_file_is_told() -> None:
    with open_folder() as root:
        tree(root, app_py=APP, secret_py=APP)
        (root / "secret.py").chmod(0)
        with as_nobody():
            report = scan(root)
    assert [error.path for error in report.coverage.errors] == ["secret.py"]
    assert "model:deepseek/deepseek-chat" in by_id(report)


def test_strict_fails_an_incomplete_scan(tmp_path: Path) -> None:
    tree(tmp_path, broken_py='from openai import OpenAI as X\nX(model="gpt-4.1"\ndef (:\n')
    lenient, strict = (
        run("scan", tmp_path, "--fail-on", "never", *flag, cwd=tmp_path)
        for flag in ([], ["--strict"])
    )
    assert (lenient.returncode, strict.returncode) == (0, 3)
    assert "Traceback" not in strict.stderr


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    outside = tree(tmp_path / "outside", app_py=APP)
    root = tree(tmp_path / "root", own_py='x = "gpt-4o"\n')
    (root / "folder").symlink_to(outside)
    (root / "file.py").symlink_to(outside / "app.py")
    (root / "loop").symlink_to(root)
    report = scan(root)
    assert list(by_id(report)) == ["model:openai/gpt-4-o"]
    assert {"folder", "file.py"} <= {s.path for s in report.coverage.skipped}


DENY = '[tool.stackaudit.policy.deny]\norigin = ["CN"]\n'


def test_a_denied_origin_fails_the_build(tmp_path: Path) -> None:
    tree(tmp_path, app_py=APP, pyproject_toml=DENY)
    done = run("scan", ".", "--format", "json", "-o", "report.json", cwd=tmp_path)
    assert done.returncode == 1
    report = json.loads((tmp_path / "report.json").read_text())
    assert any(
        "policy" in finding["rule"] and finding["status"] == "open"
        for finding in report["findings"]
    )


def test_a_denied_origin_in_docs_only_does_not(tmp_path: Path) -> None:
    tree(tmp_path, notes_md="We tried deepseek-chat.\n", pyproject_toml=DENY)
    assert run("scan", ".", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("deny", "exit_code"),
    [
        ({"model": ("deepseek-chat",)}, 1),
        ({"vendor": ("deepseek",)}, 1),
        ({"origin": ("CN",)}, 1),
        ({"provider": ("deepseek",)}, 1),
        ({"provider_country": ("CN",)}, 1),
        ({"hosting_country": ("CN",)}, 1),
        ({"route": ("vendor-api",)}, 1),
        ({"licence": ("MIT",)}, 1),
        ({"licence": ("permissive",)}, 1),
        ({"licence": ("copyleft",)}, 0),
        ({"origin": ("RU",)}, 0),
        ({"lineage": ("US",)}, 0),
        ({"route": ("gateway",)}, 0),
    ],
)
def test_what_can_be_denied(
    tmp_path: Path, deny: dict[str, tuple[str, ...]], exit_code: int
) -> None:
    tree(tmp_path, app_py=APP)
    report = scan(tmp_path, policy=Policy(deny=deny))
    failing = {f.fingerprint for f in report.findings if "policy" in f.rule}
    assert (report.verdict.exit_code == 1 and bool(failing & set(report.verdict.failing))) is bool(
        exit_code
    )


FAULTS = [
    (["--pack", "finanse"], "", "finance"),
    ([], "[tool.stackaudit\n", "pyproject.toml"),
    ([], '[tool.stackaudit]\npaks = ["finance"]\n', "packs"),
    ([], '[tool.stackaudit.policy.deny]\norign = ["CN"]\n', "origin"),
    ([], '[tool.stackaudit.policy.deny]\norigin = ["XX"]\n', "XX"),
    ([], '[tool.stackaudit]\nfail_on = "hihg"\n', "high"),
]


@pytest.mark.parametrize(("flags", "project", "word"), FAULTS)
def test_faults_of_configuration_end_with_2_and_one_line(
    tmp_path: Path, flags: list[str], project: str, word: str
) -> None:
    tree(tmp_path, app_py=APP, pyproject_toml=project)
    done = run("scan", ".", *flags, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert word in done.stderr


def test_an_unknown_pack_is_an_error_of_the_engine_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="finance"):
        engine.scan(tmp_path, Settings(), packs=["finanse"])


def test_two_scans_are_equal_but_for_the_time(tmp_path: Path) -> None:
    tree(
        tmp_path,
        app_py=APP,
        src__b_ts='import OpenAI from "openai";\nconst m = "gpt-4o";\n',
        c_env="MODEL=qwen3:8b\n",
        **BROKEN,
    )
    texts = []
    for name in ("one.json", "two.json"):
        assert (
            run(
                "scan",
                ".",
                "--format",
                "json",
                "-o",
                tmp_path.parent / name,
                "--fail-on",
                "never",
                cwd=tmp_path,
            ).returncode
            == 0
        )
        document = json.loads((tmp_path.parent / name).read_text())
        for key in ("started_at", "duration_s"):
            assert document["scan"].pop(key) is not None
        texts.append(json.dumps(document))
    assert texts[0] == texts[1]
    assert str(tmp_path) not in texts[0]


def test_an_output_file_is_whole_or_absent(tmp_path: Path) -> None:
    tree(tmp_path, app_py=APP)
    (tmp_path / "old.json").write_text("old")
    assert (
        run(
            "scan", ".", "--pack", "nowhere", "--format", "json", "-o", "old.json", cwd=tmp_path
        ).returncode
        == 2
    )
    assert (
        run(
            "scan", ".", "--pack", "nowhere", "--format", "json", "-o", "new.json", cwd=tmp_path
        ).returncode
        == 2
    )
    assert (tmp_path / "old.json").read_text() == "old"
    assert not (tmp_path / "new.json").exists()
    assert (
        run(
            "scan", ".", "--fail-on", "never", "--format", "json", "-o", "old.json", cwd=tmp_path
        ).returncode
        == 0
    )
    assert json.loads((tmp_path / "old.json").read_text())["schema_version"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["app.py", "old.json"]


def test_progress_ends_at_the_end(tmp_path: Path) -> None:
    tree(tmp_path, **{f"f{n}_py": "x = 1\n" for n in range(70)})
    seen: list[tuple[int, int | None]] = []
    engine.scan(tmp_path, Settings(), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (70, 70)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_include_and_exclude(tmp_path: Path) -> None:
    tree(tmp_path, a__x_py='x = "gpt-4o"\n', b__x_py='x = "gpt-5"\n')
    assert list(by_id(scan(tmp_path, include=("a/**",)))) == ["model:openai/gpt-4-o"]
    assert list(by_id(scan(tmp_path, exclude=("a/**",)))) == ["model:openai/gpt-5"]


def test_explain_answers_in_order() -> None:
    texts = ["gpt-4o", "no such thing", "api.deepseek.com"]
    answers = list(engine.explain(iter(texts)))
    assert [answer.text for answer in answers] == texts
    assert [answer.component.resolution for answer in answers] == ["exact", "unknown", "exact"]
