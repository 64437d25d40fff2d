"""The words every stage shares, and the errors a user meets."""

from __future__ import annotations

from typing import Literal

UNKNOWN = "unknown"

Kind = Literal["model", "endpoint", "sdk", "weights", "credential"]
Usage = Literal["used", "offered", "declared", "test", "example", "doc", "comment"]
RouteKind = Literal["vendor-api", "cloud", "gateway", "self-hosted", "weights-hub", "unknown"]
Basis = Literal["observed", "inferred"]
Confidence = Literal["high", "medium", "low"]
Resolution = Literal["exact", "family", "vendor", "unknown"]
Weights = Literal["open", "closed", "unknown"]
Severity = Literal["critical", "high", "medium", "low", "info"]
RuleKind = Literal["prohibition", "obligation", "guidance", "pending", "practice"]
Status = Literal["open", "conditional", "waived", "baseline"]
WaiverState = Literal["expired", "expiring", "unused", "faulty"]
HostingScope = Literal["country", "region", "global", "local", "unknown"]

KINDS: tuple[Kind, ...] = ("model", "weights", "endpoint", "sdk", "credential")
USAGES: tuple[Usage, ...] = ("used", "declared", "offered", "test", "example", "doc", "comment")
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
ROLES = (
    "chat", "embedding", "rerank", "image", "video", "speech", "vision", "moderation", "code",
    "other",
)  # fmt: skip
"""What a model is made for."""
PLACE_ROLES = (*ROLES, "fine-tune")
"""What a model does at a place; ``fine-tune``: it is what is trained further."""
RELATIONS = (
    "fine-tune", "distillation", "merge", "quantisation", "adapter", "continued-pre-training",
    "reported",
)  # fmt: skip
"""How a model comes from its base."""
#: Usages a gate looks at unless configured otherwise: what this code runs or installs.
GATED_USAGES: frozenset[Usage] = frozenset({"used", "declared"})


class StackauditError(Exception):
    """A failure the user can mend. ``str(error)`` is one line: what, where, how to mend."""

    exit_code = 2


class ConfigError(StackauditError):
    """Bad configuration, rule pack or command-line value."""


class InputError(StackauditError):
    """The path to scan or a file named by the user cannot be read or written."""
