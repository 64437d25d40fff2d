"""Opens a catalogue that is not the shipped one: a folder of YAML, a compiled file or a wheel."""

from __future__ import annotations

import zipfile
from pathlib import Path

from stackaudit.catalogue import Catalogue
from stackaudit.model import InputError
from stackaudit.resources import CompiledCatalogue

_INSIDE = "stackaudit/catalogue/compiled.json"
_MAX_BYTES = 256 << 20


def open_catalogue(path: Path) -> Catalogue:
    """The catalogue at a path.

    Args:
        path: A folder of catalogue YAML, a ``compiled.json``, or a wheel that has one.

    Raises:
        InputError: There is no catalogue at ``path``.
        CatalogueError: The YAML has faults.
    """
    if path.is_dir():
        from stackaudit.catalogue.compiler import compact, compile_directory

        tables = compact(compile_directory(path))
        return Catalogue(tables, tables)
    head, _, rest = _bytes(path).partition(b"\n")
    try:
        compiled = CompiledCatalogue(head, lambda: rest)
        if isinstance(compiled["families"], list) and isinstance(compiled["vendors"], dict):
            return Catalogue(compiled.head, compiled)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise _fault(path, "is no compiled catalogue")


def _bytes(path: Path) -> bytes:
    try:
        if not zipfile.is_zipfile(path):
            with path.open("rb") as stream:
                return stream.read(_MAX_BYTES)
        with zipfile.ZipFile(path) as wheel, wheel.open(_INSIDE) as entry:
            return entry.read(_MAX_BYTES)
    except KeyError:
        raise _fault(path, f"has no {_INSIDE}") from None
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        raise _fault(path, getattr(error, "strerror", "") or "cannot be read") from None


def _fault(path: Path, what: str) -> InputError:
    hint = "give a folder of catalogue YAML, a compiled.json or a wheel of stackaudit"
    return InputError(f"{path}: {what}; {hint}")


def own_yaml() -> Path | None:
    """The folder of the shipped catalogue's YAML; None where only the compiled file is."""
    folder = Path(__file__).parent / "data"
    return folder if folder.is_dir() else None
