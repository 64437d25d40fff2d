"""What the models in use are for, and on whom they depend: as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackaudit.model import UNKNOWN, Component
from stackaudit.report.layout import Line, heading, labelled, line
from stackaudit.report.text import clean, count, listed
from stackaudit.report.view import View

if TYPE_CHECKING:
    from stackaudit.concentration import Concentration, Loss, Share

_LABEL = 14
_MOST_NAMES = 4
_MOST_SHARES = 4
_MOST_LOSSES = 3
_ROLES = {
    "chat": "chat",
    "embedding": "embedding",
    "rerank": "reranking",
    "image": "images",
    "video": "video",
    "speech": "speech",
    "vision": "vision",
    "moderation": "moderation",
    "code": "code",
    "other": "other tasks",
    "fine-tune": "fine-tuning",
    UNKNOWN: "unknown role",
}


def role_words(roles: Iterable[str]) -> str:
    """``chat, reranking``; empty where none is known."""
    return ", ".join(_ROLES[role] for role in roles if role in _ROLES and role != UNKNOWN)


def sections(components: Sequence[Component], view: View) -> list[Line]:
    """The models in use by role, the shares and the losses; nothing for fewer than two models."""
    if len(components) < 2:
        return []
    from stackaudit.concentration import concentration, in_use

    used = in_use(components)
    if len(used) < 2:
        return []
    told = concentration(used)
    names = {component.id: clean(component.name) for component in used}
    brief = "what the models are for, and on whom they depend"
    head = heading(f"IN USE ({told.models:,})", brief, view.width)
    return [*head, *_by_role(told, names, view), *_shares(told, view), ()]


def _by_role(told: Concentration, names: Mapping[str, str], view: View) -> list[Line]:
    lines: list[Line] = []
    for role, ids in told.by_role.items():
        every = sorted((names[one] for one in ids), key=str.casefold)
        most = len(every) if view.verbose else _MOST_NAMES
        lines += _row(_ROLES[role].capitalize(), f"{len(every):,}: {listed(every, most)}", view)
    return lines


def _shares(told: Concentration, view: View) -> list[Line]:
    lines: list[Line] = []
    most = None if view.verbose else _MOST_SHARES
    for label, shares in (
        ("Developers", told.by_developer),
        ("Origin", told.by_origin_country),
        ("Providers", told.by_provider),
    ):
        every = [_share(share, told.models) for share in shares]
        lines += _row(label, listed(every, most or len(every)), view)
    kept = list(told.losses) if view.verbose else _telling(told.losses)
    for number, loss in enumerate(kept):
        lines += _row("" if number else "If gone", _loss(loss, told.models), view)
    return lines


def _row(label: str, text: str, view: View) -> list[Line]:
    first, *rest = labelled(label, text, view.width - 2, _LABEL)
    return [line("  ", *first), *(line("  ", *row) for row in rest)]


def _share(share: Share, models: int) -> str:
    from stackaudit.concentration import OWN

    name = {OWN: "own machines", UNKNOWN: "not known"}.get(share.id)
    name = name or (share.id if share.id == share.country else _who(share.name, share.country))
    return f"{clean(name)} {share.models:,} ({share.models / models:.0%})"


def _who(name: str, country: str) -> str:
    return f"{clean(name)} ({clean(country)})"


def _telling(losses: Sequence[Loss]) -> list[Loss]:
    """The greatest loss of each kind, in the order of the report."""
    first: dict[str, Loss] = {}
    for loss in losses:
        if loss.models or loss.roles:
            first.setdefault(loss.by, loss)
    return list(first.values())[:_MOST_LOSSES]


def _loss(loss: Loss, models: int) -> str:
    what = {
        "provider": f"{_who(loss.name, loss.country)} as provider",
        "gateway": f"{_who(loss.name, loss.country)} as gateway",
    }.get(loss.by, f"models from {loss.id}")
    text = f"{what}: {loss.models:,} of {count(models, 'model')} lost"
    if loss.reached_otherwise:
        text += f", {loss.reached_otherwise:,} reached otherwise"
    roles = role_words(loss.roles)
    return text + (f"; none left for {roles}" if roles else "")


def as_json(components: Iterable[Component]) -> dict[str, Any]:
    """Shares and losses as plain data."""
    from stackaudit.concentration import concentration

    told = concentration(components)
    return {
        "models": told.models,
        "by_role": {role: list(ids) for role, ids in told.by_role.items()},
        "by_developer": [_share_json(share) for share in told.by_developer],
        "by_origin_country": [_share_json(share) for share in told.by_origin_country],
        "by_provider": [_share_json(share) for share in told.by_provider],
        "largest": told.largest and {"by": told.largest.by, **_share_json(told.largest.on)},
        "losses": [
            {
                "by": loss.by,
                "id": loss.id,
                "name": loss.name,
                "country": loss.country,
                "models": loss.models,
                "reached_otherwise": loss.reached_otherwise,
                "roles": list(loss.roles),
            }
            for loss in told.losses
        ],
    }


def _share_json(share: Share) -> dict[str, Any]:
    return {
        "id": share.id,
        "name": share.name,
        "country": share.country,
        "models": share.models,
        "share": share.share,
    }
