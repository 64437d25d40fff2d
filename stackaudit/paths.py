"""What a path says about a file's purpose: test, example or documentation.

Only strong conventions count: calling product code a test would hide it from the gate.
"""

from __future__ import annotations

import re
from functools import lru_cache

from stackaudit.model import Usage

_TEST_FOLDER = re.compile(
    r"(?i:e2e|fixtures?|cassettes|vcr[_-]cassettes|mocks|cypress|testdata|testfixtures|testsuite"
    r"|testutils?|unittests?|(?:android|jvm|common)tests?|__(?:tests?|mocks|snapshots)__"
    r"|tests?[_-](?:data|files?|resources|utils|helpers|cases|suite|fixtures|specs|assets|projects"
    r"|apps|support))"
    r"|(?:.*[._-])?tests?"  # tests, my_test, service-tests
    r"|(?:.*[._-]|.*[a-z0-9])?Tests?(?:\..*)?"  # Tests, Connectors.UnitTests, FooTests.Shared
)
_EXAMPLE_FOLDER = re.compile(
    r"(?i:(?:.*[._-])?(?:examples?|samples?|demos?|quickstarts?)|cookbooks?|tutorials?"
    r"|(?:examples?|samples?|demos?|quickstarts?)[._-].*)"
    r"|.*[a-z0-9](?:Examples?|Samples?|Demos?)"
)
_DOC_FOLDER = re.compile(r"(?i:docs?|documentation|docusaurus|changelogs?|release[_-]?notes|wiki)")
#: Folders whose Markdown files instruct an agent: configuration, not prose for people.
_INSTRUCTION_FOLDERS = frozenset(["agents", "commands", "prompts", "chatmodes", "instructions"])
_HIDDEN_INSTRUCTION_FOLDERS = _INSTRUCTION_FOLDERS | {"rules", "skills", "modes", "steering"}
_TEST_FILE = re.compile(
    r"test_.*\.py|.*_tests?\.py|conftest\.py|tests\.py"
    r"|.*_tests?\.(?:go|rb|dart|exs|cc|cpp|c|rs|php|clj|jl|lua|[cm]?[jt]sx?|sh)"
    r"|.*\.(?:test|tests|spec|specs|e2e|cy|it)\.(?:[cm]?[jt]sx?|vue|svelte)"
    r"|.*[-_]spec\.(?:[cm]?[jt]sx?|rb|lua|cr)|(?:spec|test)_helper\.(?:rb|exs)"
    r"|.*[a-z0-9](?:Tests?|TestCase|IT|ITCase|Spec|Specs)\.(?:java|kts?|scala|groovy|swift|cs|php)"
    r"|Test[A-Z0-9]\w*\.(?:java|kt|scala|groovy|cs)"
    r"|test[-_.].+\.(?:[cm]?[jt]sx?|r|R|sh|rs|rb|lua|cc|cpp|jl)"
    r"|.*\.(?:snap|ambr)"
)
_SPEC_LANGUAGES = (".rb", ".js", ".ts", ".jsx", ".tsx", ".lua", ".php", ".cr")
_EXAMPLE_FILE = re.compile(
    r"(?i:examples?|samples?|.*[_-]examples?|examples?[_-].*)"
    r"\.(?:py|ipynb|[cm]?[jt]sx?|go|rb|rs|java|kt|cs|php|sh)"
)
_PROSE = (".md", ".mdx", ".markdown", ".mdown", ".rst", ".adoc", ".asciidoc")
_DOC_FILE = re.compile(
    r"(?i:(?:readme|changelog|changes|history|news|contributing|contributors|authors|licen[cs]e"
    r"|copying|notice|security|code_of_conduct|release[_-]?notes|roadmap|upgrading)"
    r"(?:[._-](?:txt|mit|apache))?)"
)
_INSTRUCTION_FILE = re.compile(r".*\.(?:prompt|agent|chatmode|instructions)\.md|.*\.mdc")
_JVM_ROOTS = frozenset(["java", "kotlin", "scala", "groovy"])
#: Folders of translations, the formats these have, and the language in a name.
_TRANSLATIONS = frozenset(["_locales", "i18n", "l10n", "locale", "locales", "translations"])
_TEXTS = frozenset(
    ["arb", "ftl", "json", "json5", "po", "pot", "properties", "strings", "xlf", "yaml", "yml"]
)
_LANGUAGE = re.compile(r"(?:.*[._-])?[a-z]{2}(?:[-_][a-z]{2,4})?")
#: Tables and logs of records: what they name was measured or said, not used by this code.
_RECORDS = (".csv", ".tsv", ".jsonl", ".ndjson")


@lru_cache(maxsize=1024)
def usage_of(path: str) -> Usage | None:
    """Return ``test``, ``example``, ``doc`` or ``comment`` where the path says so, else None.

    Texts of a program in one language each are for people: what they name is told, not used.

    Configuration templates (``.env.example``, ``config.example.yaml``) are no examples, and
    Markdown that instructs an agent is no documentation.

    Args:
        path: POSIX path relative to the scan root.
    """
    *folders, name = path.split("/")
    folders = _without_packages(folders)
    if _is_test(folders, name):
        return "test"
    is_prose = name.lower().endswith(_PROSE)
    if _DOC_FILE.fullmatch(name) or (is_prose and not _instructs(folders, name)):
        return "doc"
    documented = next((n for n, folder in enumerate(folders) if _DOC_FOLDER.fullmatch(folder)), -1)
    if documented >= 0:  # examples of what is documented are examples, documentation with them not
        outside = any(map(_EXAMPLE_FOLDER.fullmatch, folders[:documented]))
        return "example" if outside and not is_prose else "doc"
    if any(map(_EXAMPLE_FOLDER.fullmatch, folders)) or _EXAMPLE_FILE.fullmatch(name):
        return "example"
    if name.lower().endswith(_RECORDS):
        return "example"
    return "comment" if _is_translation(folders, name) else None


def _is_translation(folders: list[str], name: str) -> bool:
    """Whether a file holds the texts of a program in one language: locales/client.de.yml."""
    stem, _, ending = name.lower().rpartition(".")
    if ending not in _TEXTS or _TRANSLATIONS.isdisjoint(folders):
        return False
    return any(map(_LANGUAGE.fullmatch, (stem, *(folder.lower() for folder in folders[-1:]))))


def _without_packages(folders: list[str]) -> list[str]:
    """Cut at ``main/java`` and the like: below it stand package names such as com/example/demo."""
    for index in range(1, len(folders)):
        if folders[index] in _JVM_ROOTS and folders[index - 1] == "main":
            return folders[:index]
    return folders


def _is_test(folders: list[str], name: str) -> bool:
    if any(map(_TEST_FOLDER.fullmatch, folders)) or _TEST_FILE.fullmatch(name):
        return True
    return "spec" in folders and name.endswith(_SPEC_LANGUAGES)


def _instructs(folders: list[str], name: str) -> bool:
    if _INSTRUCTION_FILE.fullmatch(name.lower()):
        return True
    hidden = any(folder.startswith(".") for folder in folders)
    kinds = _HIDDEN_INSTRUCTION_FOLDERS if hidden else _INSTRUCTION_FOLDERS
    return not kinds.isdisjoint(folders)
