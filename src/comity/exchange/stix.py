"""The findings as a STIX 2.1 bundle, for CSIRTs and intelligence platforms.

Source: STIX Version 2.1, OASIS Standard; Traffic Light Protocol 2.0 as the extension 60a3c5c5-0d10-413e-aab3-9e08dde9e88d.
"""

import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeAlias
from urllib.parse import quote, urlsplit, urlunsplit

from comity.analysis.finding import Finding, Strength
from comity.exchange.case_uco import CONFIDENCE
from comity.exchange.case_view import CaseView
from comity.exchange.visible_text import encodable
from comity.terms.canonical import Json, canonical
from comity.terms.selector import Kind, Selector

Object: TypeAlias = dict[str, Json]

# STIX 2.1, 2.9: the namespace of deterministic identifiers of cyber-observable objects
_OBSERVABLES: Final = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
_TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_AMBER: Final = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
_MARKING: Final[Object] = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": _AMBER,
    "created": "2022-10-01T00:00:00.000Z",
    "name": "TLP:AMBER",
    "extensions": {_TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "amber"}},
}
_PATH: Final = ":@!$&'()*+,;=-._~%"
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_OBSERVABLE_TYPES: Final[Mapping[Kind, str]] = {
    Kind.IPV4: "ipv4-addr",
    Kind.IPV6: "ipv6-addr",
    Kind.DOMAIN: "domain-name",
    Kind.URL: "url",
    Kind.EMAIL: "email-addr",
}


def bundle(view: CaseView) -> bytes:
    """Return the findings of `view` as a STIX 2.1 bundle, marked TLP:AMBER; the same view gives the same bytes.

    A note per finding says what was found and why, and points to the observables it names. Addresses, domains, links,
    mail addresses and file digests become observables; of findings that are strong or moderate also indicators.
    Accounts and wallets have no observable of their own in STIX 2.1 and stand in the note's text. Confidence is 85, 50 or
    15 for strong, moderate and weak (Appendix A: high, medium, low). An indicator says that a value was seen in such a
    finding; it does not say that whoever held it is an offender.
    """
    writer = _Bundle(view)
    for finding in view.findings:
        _finding(writer, finding)
    described = writer.described
    writer.add(
        "report",
        "report",
        {
            "name": view.title or view.identity,
            "description": f"Case {view.identity} of {view.authority} ({view.state}).",
            "report_types": ["observed-data"],
            "published": _instant(view.written_at),
            "object_refs": sorted(described) or [writer.author],
        },
    )
    whole: Object = {"type": "bundle", "id": writer.identifier("bundle", "bundle"), "objects": writer.objects()}
    return encodable(json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True)).encode("utf-8") + b"\n"


class _Bundle:
    """The objects so far; identifiers follow from the case, those of observables from their value as the standard says."""

    def __init__(self, view: CaseView) -> None:
        self._space = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:comity:case:{encodable(view.identity)}")
        self._at = _instant(view.written_at)
        self.opened = view.opened_at
        self._objects: dict[str, Object] = {_AMBER: _MARKING}
        self.author = self.identifier("identity", view.authority)
        self.add("identity", view.authority, {"name": view.authority, "identity_class": "organization"})

    @property
    def described(self) -> set[str]:
        """The identifiers of what a report is about: all but the marking and the author."""
        return set(self._objects) - {_AMBER, self.author}

    def identifier(self, type_: str, key: str) -> str:
        return f"{type_}--{uuid.uuid5(self._space, encodable(f'{type_}:{key}'))}"

    def add(self, type_: str, key: str, properties: Mapping[str, Json]) -> str:
        """Add a domain object once and return its identifier."""
        name = self.identifier(type_, key)
        made: Object = {"type": type_, "spec_version": "2.1", "id": name, "created": self._at, "modified": self._at, **properties}
        made["object_marking_refs"] = [_AMBER]
        if name != self.author:
            made["created_by_ref"] = self.author
        self._objects.setdefault(name, made)
        return name

    def observe(self, type_: str, properties: Mapping[str, Json]) -> str:
        """Add an observable once and return its identifier."""
        name = f"{type_}--{uuid.uuid5(_OBSERVABLES, canonical(properties).decode())}"
        made: Object = {"type": type_, "spec_version": "2.1", "id": name, "object_marking_refs": [_AMBER], **properties}
        self._objects.setdefault(name, made)
        return name

    def objects(self) -> list[Json]:
        return [self._objects[name] for name in sorted(self._objects)]


def _instant(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at.year:04d}-{at:%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _finding(writer: _Bundle, finding: Finding) -> None:
    confidence = CONFIDENCE[finding.strength]
    observed: dict[Selector, str] = {}
    for selector in sorted({one.selector for one in finding.involved}):
        name = _observable(writer, selector)
        if name:
            observed[selector] = name
            if finding.strength is not Strength.WEAK:
                _indicator(writer, finding, selector, confidence=confidence)
    about = sorted(observed.values())
    if about and finding.at is not None:
        last = finding.until or finding.at
        about = [
            writer.add(
                "observed-data",
                finding.identity,
                {
                    "first_observed": _instant(finding.at),
                    "last_observed": _instant(max(finding.at, last)),
                    "number_observed": min(len(finding.traces), 999_999_999),
                    "object_refs": list(about),
                    "confidence": confidence,
                },
            ),
            *about,
        ]
    writer.add(
        "note",
        finding.identity,
        {
            "abstract": f"{finding.identity}: {finding.title}",
            "content": _content(finding),
            "authors": [f"Comity, method {finding.method} {finding.method_version}"],
            "labels": [finding.kind],
            "confidence": confidence,
            "object_refs": about or [writer.author],
        },
    )


def _content(finding: Finding) -> str:
    reasons = [f"{'Against' if reason.against else 'For'}: {reason.text}" for reason in finding.reasons]
    limits = [f"Does not show: {limit}" for limit in finding.limits]
    named = sorted({f"{one.role}: {one.selector.kind} {one.selector.value}" for one in finding.involved})
    traces = [f"Exhibit {t.exhibit} {t.member}, {t.length} bytes from {t.offset}".replace(" ,", ",") for t in finding.traces[:12]]
    more = [f"and {len(finding.traces) - 12} more places"] if len(finding.traces) > 12 else []  # noqa: PLR2004 - as listed above
    return "\n".join([finding.statement, *reasons, *limits, *named, *traces, *more])


def _observable(writer: _Bundle, selector: Selector) -> str:
    """Add the observable of `selector` and return its identifier; "" for a kind STIX has none for."""
    if selector.kind is Kind.SHA256:
        return writer.observe("file", {"hashes": {"SHA-256": selector.value}})
    type_ = _OBSERVABLE_TYPES.get(selector.kind)
    return writer.observe(type_, {"value": _value(selector)}) if type_ else ""


def _value(selector: Selector) -> str:
    """Return the value as STIX wants it: a web address as an RFC 3986 URI, other characters percent-encoded as UTF-8."""
    if selector.kind is not Kind.URL:
        return selector.value
    parts = urlsplit(_LONE_PERCENT.sub("%25", selector.value))
    user_information, at, host = parts.netloc.rpartition("@")
    return urlunsplit(
        (
            parts.scheme,
            quote(user_information, safe=_PATH, errors="replace") + at + quote(host, safe=_PATH + "[]", errors="replace"),
            quote(parts.path, safe=_PATH + "/", errors="replace"),
            quote(parts.query, safe=_PATH + "/?", errors="replace"),
            quote(parts.fragment, safe=_PATH + "/?", errors="replace"),
        )
    )


def _indicator(writer: _Bundle, finding: Finding, selector: Selector, *, confidence: int) -> None:
    roles = sorted({one.role for one in finding.involved if one.selector == selector})
    seen = min((one.at for one in finding.involved if one.selector == selector and one.at is not None), default=finding.at)
    name = writer.add(
        "indicator",
        f"{finding.identity}:{selector.kind}:{selector.value}",
        {
            "name": f"{selector.kind}: {', '.join(roles)}",
            "description": f"Seen as {', '.join(roles)} in finding {finding.identity}: {finding.title}",
            "indicator_types": ["anomalous-activity"],
            "pattern": pattern(selector),
            "pattern_type": "stix",
            "pattern_version": "2.1",
            "valid_from": _instant(seen or writer.opened),
            "confidence": confidence,
        },
    )
    target = _observable(writer, selector)
    writer.add(
        "relationship",
        f"{name}:{target}",
        {"relationship_type": "based-on", "source_ref": name, "target_ref": writer.identifier("observed-data", finding.identity)}
        if finding.at is not None
        else {"relationship_type": "related-to", "source_ref": name, "target_ref": target},
    )


def pattern(selector: Selector) -> str:
    """Return the STIX pattern that matches `selector`; quotes and backslashes escaped (STIX 2.1, 9.2).

    A web address is written as its URI, so that it matches the observable that comes with it.

    ValueError for a kind that has no observable.
    """
    value = _value(selector).replace("\\", "\\\\").replace("'", "\\'")
    if selector.kind is Kind.SHA256:
        return f"[file:hashes.'SHA-256' = '{value}']"
    type_ = _OBSERVABLE_TYPES.get(selector.kind)
    if type_ is None:
        raise ValueError(f"no STIX observable for {selector.kind}")
    return f"[{type_}:value = '{value}']"
