"""Which files are scanned, in what order, and why not the others.

The order is that of the names: the files of a folder, then its subfolders, one after the other.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from stackaudit import folders, gitindex, gitinfo, ignore
from stackaudit.model import InputError, ScanError, Skip
from stackaudit.source import printable, read_bytes, reason_of

_MAX_LOCKFILE = 32 << 20
_MAX_PATTERN_FILE = 256 << 10
_MAX_RULES = 5000
_LOCKFILE_NAMES = """
    package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock deno.lock poetry.lock
    Pipfile.lock uv.lock pdm.lock pylock.toml pixi.lock conda-lock.yml Cargo.lock go.sum
    composer.lock Gemfile.lock packages.lock.json paket.lock gradle.lockfile mix.lock pubspec.lock
    Package.resolved Podfile.lock flake.lock
"""
_WEIGHT_ENDINGS = """
    gguf ggml safetensors onnx pt pth ckpt bin h5 keras tflite mlmodel llamafile nemo pdparams
    litertlm
"""
_LOCKFILES = frozenset(_LOCKFILE_NAMES.split())
_WEIGHTS = frozenset(_WEIGHT_ENDINGS.split())
_MARKS = frozenset([".git", ".gitignore", *folders.MARKS])
_by_name = attrgetter("name")


class Found(NamedTuple):
    """A file to scan."""

    path: str
    """POSIX path relative to :func:`base` of the root; not always printable."""
    limit: int
    """The size in bytes up to which it is read."""
    weights: bool
    """Named like model weights: only its header may be read, whatever its size."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for; patterns in .gitignore syntax."""

    include: tuple[str, ...] = ()
    """When given, only files that match, or lie in a folder that does."""
    exclude: tuple[str, ...] = ()
    max_file_bytes: int = 5 << 20


def base(root: Path) -> Path:
    """Return the folder that found paths are relative to: the root, or a single file's folder."""
    real = Path(os.path.realpath(root))
    return real if real.is_dir() else real.parent


def walk(root: Path, options: Options) -> Iterator[Found | Skip | ScanError]:
    """List what lies below ``root``, or ``root`` itself when it is a file.

    Raises:
        InputError: ``root`` is missing, unreadable or neither file nor folder.
        ConfigError: An include or exclude pattern cannot be used.
    """
    include = ignore.parse_globs(options.include, "include")
    exclude = ignore.parse_globs(options.exclude, "exclude")
    real = os.path.realpath(root)
    if os.path.isfile(real):
        return iter([_found(os.path.basename(real), "", options.max_file_bytes)])
    try:
        os.scandir(real).close()
    except NotADirectoryError:
        raise InputError(f"{root}: neither a file nor a folder") from None
    except OSError as error:
        raise InputError(f"{root}: {reason_of(error)}") from None
    walker = _Walker(real, options.max_file_bytes)
    return walker.run(
        ignore.Layer.of(include) if include else None,
        ignore.Layer.of(exclude) if exclude else None,
    )


def _found(name: str, prefix: str, limit: int) -> Found:
    weights = name.rpartition(".")[2].lower() in _WEIGHTS
    if name in _LOCKFILES:
        limit = max(limit, _MAX_LOCKFILE)
    return Found(prefix + name, limit, weights)


class _Checkout(NamedTuple):
    """One git checkout in or around the root, or none at all."""

    tracked: gitindex.Tracked
    inside: str
    """Path of the checkout below the root, with a slash, when it lies there."""
    above: str
    """Path of the root below the checkout, with a slash, when it is a subfolder."""

    def tracks(self, path: str) -> bool:
        """Say whether a file, or something in a folder, is tracked; ``path`` is the walker's."""
        return self.above + path.removeprefix(self.inside) in self.tracked


class _Folder(NamedTuple):
    """A folder still to be listed, and what is known from above."""

    name: str
    prefix: str
    """Path with a trailing slash; empty for the root."""
    checkout: _Checkout
    layers: tuple[ignore.Layer, ...]
    """Ignore rules, weakest first."""
    tracked_only: bool
    """An ignored folder that holds tracked files."""
    include: ignore.Layer | None
    exclude: ignore.Layer | None


class _Walker:
    """One walk. Each step lists one folder, notes what it finds and stacks its subfolders."""

    def __init__(self, root: str, limit: int) -> None:
        self._root = root
        self._limit = limit
        self._results: list[Found | Skip | ScanError] = []
        self._stack: list[_Folder] = []

    def run(
        self, include: ignore.Layer | None, exclude: ignore.Layer | None
    ) -> Iterator[Found | Skip | ScanError]:
        """Yield everything below the root."""
        checkout, layers = self._surroundings()
        self._stack.append(_Folder("", "", checkout, layers, False, include, exclude))
        checkouts = {checkout}
        while self._stack:
            folder = self._stack.pop()
            checkouts.add(folder.checkout)
            self._list(folder)
            yield from self._results
            self._results.clear()
        for inside, fault in sorted((c.inside, c.tracked.fault) for c in checkouts):
            if fault:
                text = f"{fault}; tracked files that ignore rules match may be missing"
                yield ScanError(printable(inside) + ".git/index", text)

    def _surroundings(self) -> tuple[_Checkout, tuple[ignore.Layer, ...]]:
        """Return the checkout around the root and its rules, unless it ignores the root."""
        git = gitinfo.find(self._root)
        none = _Checkout(gitindex.Tracked(None), "", "")
        if git is None:
            return none, ()
        path = os.path.relpath(self._root, git.top).replace(os.sep, "/")
        above = "" if path == "." else path + "/"
        checkout = _Checkout(gitindex.Tracked(git), "", above)
        layers = self._with_rules((), os.path.join(git.common, "info", "exclude"))
        folder = ""
        for name in above.split("/")[:-1]:
            layers = self._with_rules(layers, os.path.join(git.top, folder, ".gitignore"))
            folder += name
            if _ignored(layers, name, True) and folder not in checkout.tracked:
                return none, ()
            layers = tuple([layer.enter(name) for layer in layers])
            folder += "/"
        return checkout, layers

    def _with_rules(self, layers: tuple[ignore.Layer, ...], path: str) -> tuple[ignore.Layer, ...]:
        """Add the rules of one pattern file, where there is one, to those from above."""
        try:
            rules = ignore.parse(os.fsdecode(read_bytes(path, _MAX_PATTERN_FILE)))
            if sum(layer.size for layer in layers) + len(rules) <= _MAX_RULES:
                return (*layers, ignore.Layer.of(rules)) if rules else layers
            reason = f"more than {_MAX_RULES} rules"
        except FileNotFoundError:
            return layers
        except (OSError, ValueError) as error:
            reason = reason_of(error)
        shown = printable(os.path.relpath(path, self._root).replace(os.sep, "/"))
        self._results.append(ScanError(shown, f"rules not applied: {reason}"))
        return layers

    def _list(self, folder: _Folder) -> None:
        prefix = folder.prefix
        try:
            with os.scandir(f"{self._root}/{prefix}") as listing:
                entries = sorted(listing, key=_by_name)
        except OSError as error:
            self._results.append(ScanError(printable(prefix) or ".", reason_of(error)))
            return
        names = [entry.name for entry in entries]
        if marks := _MARKS.intersection(names):
            if reason := self._marked(folder, marks):
                self._results.append(Skip(printable(prefix), reason))
                return
            folder = self._ruled(folder, marks)
        special = self._special(folder, names)
        results, limit = self._results, self._limit
        below: list[_Folder] = []
        for entry in entries:
            name = entry.name
            try:
                if name in special or not entry.is_file(follow_symlinks=False):
                    self._judge(folder, entry, names, name in special, below)
                else:
                    results.append(_found(name, prefix, limit))
            except OSError as error:
                results.append(ScanError(printable(prefix + name), reason_of(error)))
        self._stack += reversed(below)

    def _marked(self, folder: _Folder, marks: frozenset[str]) -> str:
        """Return why the folder is no source, judged by what is in it; never for the root."""
        if not folder.prefix:
            return ""
        reason, even_tracked = folders.by_marks(folder.name, marks)
        if not reason or even_tracked:
            return reason
        return "" if folder.checkout.tracks(folder.prefix[:-1]) else reason

    def _ruled(self, folder: _Folder, marks: frozenset[str]) -> _Folder:
        """Take up a checkout that begins here and the rules that stand here."""
        path = os.path.join(self._root, folder.prefix)
        if ".git" in marks and folder.prefix and (git := gitinfo.open_git(path)):
            checkout = _Checkout(gitindex.Tracked(git), folder.prefix, "")
            layers = self._with_rules((), os.path.join(git.common, "info", "exclude"))
            folder = folder._replace(checkout=checkout, layers=layers, tracked_only=False)
        if ".gitignore" in marks:
            layers = self._with_rules(folder.layers, os.path.join(path, ".gitignore"))
            folder = folder._replace(layers=layers)
        return folder

    def _special(self, folder: _Folder, names: list[str]) -> Collection[str]:
        """Return the names that need more than a look at their kind; most files do not."""
        if folder.tracked_only or folder.include:
            return frozenset(names)
        found: set[str] = set()
        for layer in folder.layers:
            found |= layer.candidates(names)
        return found | folder.exclude.candidates(names) if folder.exclude else found

    def _judge(
        self,
        folder: _Folder,
        entry: os.DirEntry[str],
        names: list[str],
        special: bool,
        below: list[_Folder],
    ) -> None:
        """Decide about a folder, a link, or a file that some pattern may speak about."""
        name, path = entry.name, folder.prefix + entry.name
        is_dir = entry.is_dir(follow_symlinks=False)
        reason = self._default(folder, name, names) if is_dir else ""
        include = folder.include
        tracked_only = folder.tracked_only
        if special:
            if include and include.decide(name, is_dir):
                include = None  # and so is everything below
            tracked_only = tracked_only or _ignored(folder.layers, name, is_dir)
            if folder.exclude and folder.exclude.decide(name, is_dir):
                reason = "excluded"
            elif not reason and tracked_only and not folder.checkout.tracks(path):
                reason = "ignored"
        if not reason and not is_dir:
            reason = self._unreadable(entry) or ("not included" if include else "")
        if reason:
            self._results.append(Skip(printable(path) + "/" * is_dir, reason))
        elif is_dir:
            below.append(
                _Folder(
                    name,
                    path + "/",
                    folder.checkout,
                    tuple([layer.enter(name) for layer in folder.layers]),
                    tracked_only,
                    include and include.enter(name),
                    folder.exclude and folder.exclude.enter(name),
                )
            )
        else:
            self._results.append(_found(name, folder.prefix, self._limit))

    def _default(self, folder: _Folder, name: str, names: list[str]) -> str:
        """Return why a subfolder is skipped unless asked for by name, or an empty string."""
        if reason := folders.BY_NAME.get(name):
            return reason
        path = folder.prefix + name
        if reason := folders.by_siblings(name, names):
            return "" if folder.checkout.tracks(path) else reason
        if folders.is_third_party(name) and folders.holds_licences(f"{self._root}/{path}"):
            return folders.VENDORED
        return ""

    def _unreadable(self, entry: os.DirEntry[str]) -> str:
        """Return why something that is no folder is not read; empty for a regular file."""
        if entry.is_file(follow_symlinks=False):
            return ""
        if not entry.is_symlink():
            return "not a regular file"
        target = os.path.realpath(entry.path)
        if not os.path.exists(target):
            return "broken symbolic link"
        inside = target == self._root or target.startswith(self._root.rstrip(os.sep) + os.sep)
        place = "inside" if inside else "out of"
        return f"symbolic link {place} the scanned folder"


def _ignored(layers: tuple[ignore.Layer, ...], name: str, is_dir: bool) -> bool:
    """Ask the strongest rules first; the first that speak decide."""
    for layer in reversed(layers):
        verdict = layer.decide(name, is_dir)
        if verdict is not None:
            return verdict
    return False
