"""Answers "whose host is this and where does it run?" for hosts, URLs and templates of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

_URL = re.compile(
    r"(?P<scheme>(?:[a-z][a-z0-9+.-]*:)?//)?(?:[^/@\s]*@)?"
    r"(?P<host>(?:\$?\{\{?[^{}]*\}?\}|<[^<>/]*>|:[a-z_]\w*(?=[.-])|\[[0-9a-f:.]+\]|\$(?!\{)|[^/?#:\s{<\[$])+)(?::(?P<port>\d+|\$?\{[^}]*\}))?"
    r"(?P<path>[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_LOCAL = re.compile(
    r"localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal|"
    r"[\w-]+(?:\.[\w-]+)*\.svc(?:\.cluster\.local)?|"
    r"10(?:\.\d+){3}|192\.168(?:\.\d+){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}",
    re.IGNORECASE,
)
# No character can be read in two ways, or hostile text would take exponential time.
_LABEL = r"(?:\$?\{\{?[^{}/]*\}?\}|<[^<>/]*>|\$(?!\{)|[^/.\s{<$])+"
_LABELS = rf"{_LABEL}(?:\.{_LABEL})*"


#: What a template writes where a name is filled in.
_HOLES = frozenset("${}<>%")
#: How a zone of private names begins, which is set up and never called.
_ZONE = "privatelink."


class HostMatch(NamedTuple):
    """How a host or URL resolved."""

    endpoint: int
    """Index into the compiled endpoints; -1 for an address of the user's own machine."""
    host: str
    path: str
    region: str
    """Region as written, or empty."""
    country: str
    """ISO code, EU, global or unknown; ``local`` for the user's own machine."""


class Hosts:
    """Host lookup over compiled tables."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self._rows = tables["endpoints"]
        self._regions = tables["regions"]
        self._exact: dict[str, list[int]] = {}
        # By the domain they end in, so that few are compared and compiled.
        self._patterns: dict[str, list[tuple[bool, int, int, str]]] = {}
        for index, row in enumerate(self._rows):
            host = row["host"].lower()
            if "*" in host or "{" in host:
                # The longest pattern is the most specific one; an organisation's own come first.
                rank = (not row.get("own"), -len(host), index, host)
                self._patterns.setdefault(_domain(host), []).append(rank)
            else:
                self._exact.setdefault(host, []).append(index)
        self._memo: dict[str, HostMatch | None] = {}

    def find(self, text: str) -> HostMatch | None:
        """The endpoint a host or URL belongs to, or None."""
        if text not in self._memo:
            if len(self._memo) > 50_000:
                self._memo.clear()
            self._memo[text] = self._find(text)
        return self._memo[text]

    def _find(self, text: str) -> HostMatch | None:
        parsed = _URL.fullmatch(text.strip()) if len(text) <= 2_000 else None
        if not parsed:
            return None
        host, port, path = parsed["host"].lower().rstrip("."), parsed["port"], parsed["path"] or ""
        if host.startswith(_ZONE):
            return None
        if _LOCAL.fullmatch(host) or (port and "." not in host):
            index = self._exact.get(f"localhost:{port}", [-1])[0]
            # Without a scheme or a known port, name:number is as often an image or a local model.
            known = index >= 0 or parsed["scheme"] or (port and _LOCAL.fullmatch(host))
            return HostMatch(index, host, path, "", "local") if known else None
        for index in self._exact.get(host, ()):
            if self._accepts(index, path):
                return self._located(index, host, path, "")
        fitting = (*self._patterns.get(_domain(host), ()), *self._patterns.get("", ()))
        for _own, _length, index, pattern in sorted(fitting):
            matched = _compile(pattern).fullmatch(host)
            if matched and self._accepts(index, path):
                return self._located(index, host, path, matched.groupdict().get("region") or "")
        return None

    def _accepts(self, index: int, path: str) -> bool:
        """Whether a path is one the row speaks of: a host can serve more than AI."""
        paths = self._rows[index].get("paths")
        if not paths:
            return True
        if path in ("", "/"):
            return "/" in paths
        return any(_path(part).match(path) for part in paths if part != "/")

    def _located(self, index: int, host: str, path: str, region: str) -> HostMatch:
        row = self._rows[index]
        table = self._regions.get(row.get("regions", ""), {})
        if not region and row.get("region_path"):
            before, _, after = row["region_path"].partition("{region}")
            found = re.search(re.escape(before) + "([^/]+)" + re.escape(after), path)
            region = found[1] if found else ""
        hosting = row["hosting"]
        if not _HOLES.isdisjoint(region):  # a template names none
            return HostMatch(index, host, path, "", "unknown" if hosting == "region" else hosting)
        if region:
            country = table.get(region.lower())
            if country:
                return HostMatch(index, host, path, region, country)
            hosting = "unknown" if hosting == "region" else hosting
        return HostMatch(index, host, path, region, "unknown" if hosting == "region" else hosting)

    def region_country(self, table: str, region: str) -> str:
        """Country of a region name in a region table; ``unknown`` when it is not there."""
        return str(self._regions.get(table, {}).get(region.lower(), "unknown"))


def _domain(host: str) -> str:
    """The last two labels of a host, or of a pattern; empty where a pattern leaves them open."""
    tail = re.split(r"[*}]", host)[-1]
    labels = tail.split(".")
    whole = len(labels) > 2 or (tail == host and len(labels) == 2)
    return ".".join(labels[-2:]) if whole else ""


@lru_cache(maxsize=256)
def _path(part: str) -> re.Pattern[str]:
    """A path prefix in which ``*`` stands for one segment."""
    return re.compile("[^/]+".join(re.escape(piece) for piece in part.split("*")))


@lru_cache(maxsize=4_096)
def _compile(host: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*|\{[^}]*\})", host)
    pattern, named = "", False
    for piece in pieces:
        if piece == "*":
            pattern += _LABELS
        elif piece.startswith("{"):
            if piece == "{region}" and not named:
                pattern += f"(?P<region>{_LABEL})"
                named = True
            else:
                pattern += _LABEL
        else:
            pattern += re.escape(piece)
    return re.compile(pattern)
