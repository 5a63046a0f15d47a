"""derived/findings.json: the findings of a run as canonical JSON, and back."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from comity.analysis.finding import Finding, Involved, Reason, ReferenceUse, Strength
from comity.observables import Trace
from comity.terms.canonical import Json, canonical
from comity.terms.instant import format_instant, parse_instant
from comity.terms.selector import Kind, Selector


def encode(findings: Sequence[Finding]) -> bytes:
    """Return `findings` as one canonical JSON array (the shape is in docs/json.md)."""
    return canonical([as_json(finding) for finding in findings])


def as_json(finding: Finding) -> dict[str, Json]:
    """Return `finding` as a JSON object."""
    return {
        "identity": finding.identity,
        "kind": finding.kind,
        "title": finding.title,
        "statement": finding.statement,
        "strength": finding.strength.value,
        "at": _instant(finding.at),
        "until": _instant(finding.until),
        "reasons": [{"code": r.code, "text": r.text, "against": r.against} for r in finding.reasons],
        "limits": list(finding.limits),
        "traces": [trace_json(trace) for trace in finding.traces],
        "involved": [
            {
                "kind": i.selector.kind.value,
                "value": i.selector.value,
                "role": i.role,
                "at": _instant(i.at),
                "port": i.port,
                "precision": i.precision,
                "clock": i.clock,
                "trace": trace_json(i.trace),
            }
            for i in finding.involved
        ],
        "method": finding.method,
        "method_version": finding.method_version,
        "references": [{"snapshot": u.snapshot, "dated": u.dated, "sha256": u.sha256} for u in finding.references],
    }


def trace_json(trace: Trace) -> dict[str, Json]:
    """Return `trace` as a JSON object."""
    return {"exhibit": trace.exhibit, "member": trace.member, "offset": trace.offset, "length": trace.length}


class _Trace(TypedDict):
    exhibit: str
    member: str
    offset: int
    length: int


class _Reason(TypedDict):
    code: str
    text: str
    against: bool


class _Involved(TypedDict):
    kind: str
    value: str
    role: str
    at: str | None
    port: int | None
    precision: str
    clock: str
    trace: _Trace


class _Use(TypedDict):
    snapshot: str
    dated: str
    sha256: str


class _Finding(TypedDict):
    kind: str
    title: str
    statement: str
    strength: str
    at: str | None
    until: str | None
    reasons: list[_Reason]
    limits: list[str]
    traces: list[_Trace]
    involved: list[_Involved]
    method: str
    method_version: str
    references: list[_Use]


def decode(data: bytes) -> tuple[Finding, ...]:
    """Return the findings `encode` wrote."""
    written: list[_Finding] = json.loads(data)
    return tuple(_finding(one) for one in written)


def _finding(one: _Finding) -> Finding:
    return Finding(
        kind=one["kind"],
        title=one["title"],
        statement=one["statement"],
        strength=Strength(one["strength"]),
        at=_parse(one["at"]),
        until=_parse(one["until"]),
        reasons=tuple(Reason(**reason) for reason in one["reasons"]),
        limits=tuple(one["limits"]),
        traces=tuple(Trace(**trace) for trace in one["traces"]),
        involved=tuple(
            Involved(
                selector=Selector(kind=Kind(i["kind"]), value=i["value"]),
                role=i["role"],
                at=_parse(i["at"]),
                port=i["port"],
                precision=i["precision"],
                clock=i["clock"],
                trace=Trace(**i["trace"]),
            )
            for i in one["involved"]
        ),
        method=one["method"],
        method_version=one["method_version"],
        references=tuple(ReferenceUse(**use) for use in one["references"]),
    )


def _instant(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)


def _parse(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text)
