"""``pyproject.toml`` in all its dialects, ``pixi.toml`` and ``Pipfile``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from stackaudit.detect.manifests.declared import Declared
from stackaudit.detect.manifests.pip import requirement
from stackaudit.detect.manifests.tomlscan import Row, fits, rows, scan

#: Arrays of requirement strings; ``*`` is any one key.
_ARRAYS = tuple(
    tuple(line.split())
    for line in """\
project dependencies
project optional-dependencies *
dependency-groups *
build-system requires
tool pdm dev-dependencies *
tool uv dev-dependencies
tool uv override-dependencies
tool uv constraint-dependencies
tool uv build-constraint-dependencies
tool rye dev-dependencies
tool hatch envs * dependencies
tool hatch envs * extra-dependencies
tool hatch build targets * dependencies
tool flit metadata requires
tool flit metadata dev-requires
tool flit metadata requires-extra *
tool poetry extras *""".splitlines()
)
#: Tables whose keys are package names.
_TABLES = tuple(
    tuple(line.split())
    for line in """\
tool poetry dependencies
tool poetry dev-dependencies
tool poetry group * dependencies
tool pixi dependencies
tool pixi pypi-dependencies
tool pixi feature * dependencies
tool pixi feature * pypi-dependencies
tool pixi target * dependencies
tool pixi target * pypi-dependencies""".splitlines()
)
_PIXI = tuple(pattern[2:] for pattern in _TABLES if pattern[1] == "pixi")
_PIPFILE_OTHER = frozenset({"source", "requires", "scripts", "pipenv"})


def pyproject(text: str) -> Iterator[Declared]:
    """Read PEP 621, dependency groups, the build system, and the tables of the known tools."""
    return chain(_arrays(text), map(_row, rows(scan(text), _pyproject_section)))


def pixi(text: str) -> Iterator[Declared]:
    """Read the dependency tables of ``pixi.toml``."""
    return map(_row, rows(scan(text), lambda names: _prefix(names, _PIXI)))


def pipfile(text: str) -> Iterator[Declared]:
    """Read ``packages``, ``dev-packages`` and any other category."""
    return map(_row, rows(scan(text), lambda names: int(names[0] not in _PIPFILE_OTHER)))


def _arrays(text: str) -> Iterator[Declared]:
    for value in scan(text):
        if value.text is None:
            continue
        names = tuple(key.text for key in value.path)
        if _is_array(names):
            item = requirement(text, value.start, value.end, ".".join(names))
            if item:
                yield item


@lru_cache(maxsize=256)
def _is_array(names: tuple[str, ...]) -> bool:
    return fits(names, _ARRAYS)


def _row(row: Row) -> Declared:
    conda = "pixi" in row.section and not row.section.endswith("pypi-dependencies")
    ecosystem = "conda" if conda else "pypi"
    return Declared(row.key.start, row.key.end, ecosystem, row.key.text, row.version, row.section)


def _pyproject_section(names: tuple[str, ...]) -> int:
    return _prefix(names, _TABLES) if names[:1] == ("tool",) else 0


def _prefix(names: tuple[str, ...], patterns: tuple[tuple[str, ...], ...]) -> int:
    """Length of the pattern that the path begins with, 0 for none."""
    return next((n for n in range(1, min(len(names), 6)) if fits(names[:n], patterns)), 0)
