"""Granting an authorization: what a person gave, completed or refused, then one ledger entry."""

import tomllib
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path

from comity.evidence.authorization import Authorization, Basis
from comity.terms.errors import AuthorizationError, MaterialError
from comity.terms.instant import format_instant, parse_instant
from comity.terms.period import Period

EXAMPLE = '--basis consent:"A. Lima, owner of the mailbox, signed 2026-11-20"'
_DEFAULT_SCOPE = "acquire and examine "
_NEEDS_AN_END = (Basis.WARRANT, Basis.EMERGENCY)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationGiven:
    """An authorization as a person gave it, each part still text and perhaps missing; what is blank counts as missing."""

    basis: str | None = None
    reference: str | None = None
    issuer: str | None = None
    scope: str | None = None
    start: str | None = None
    until: str | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            text = getattr(self, field.name)
            if text is not None:
                object.__setattr__(self, field.name, text.strip() or None)

    @property
    def empty(self) -> bool:
        """Whether nothing at all was given."""
        return all(getattr(self, field.name) is None for field in fields(self))


def from_option(basis: str | None) -> tuple[str | None, str | None]:
    """Return basis and reference of `consent:"..."`; the reference is None without a colon."""
    if basis is None:
        return None, None
    kind, _, reference = basis.partition(":")
    return kind.strip().lower() or None, reference.strip() or None


def from_file(path: Path) -> AuthorizationGiven:
    """Return the authorization written in a TOML file with basis, reference, issuer, scope, from, until.

    Raises AuthorizationError when the file is not TOML or holds other keys.
    """
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"{path} is not a TOML file: {error}"
        raise AuthorizationError(msg, remedy=_file_example()) from error
    names = {"basis", "reference", "issuer", "scope", "from", "until"}
    if unknown := sorted(set(written) - names):
        msg = f"{path} has keys that mean nothing here: {', '.join(unknown)}"
        raise AuthorizationError(msg, remedy=_file_example())
    text = {name: _as_text(value) for name, value in written.items()}
    return AuthorizationGiven(
        basis=text.get("basis"),
        reference=text.get("reference"),
        issuer=text.get("issuer"),
        scope=text.get("scope"),
        start=text.get("from"),
        until=text.get("until"),
    )


def covers(authorization: Authorization, *, material: str) -> bool:
    """Return whether the scope of `authorization` leaves room for `material`: in it, or the scope is in a person's own words."""
    mark, _, place = authorization.scope.partition(_DEFAULT_SCOPE)
    return bool(mark) or not place or f"{material}/".startswith(f"{place.rstrip('/')}/")


def complete(given: AuthorizationGiven, *, material: str, authority: str, at: datetime) -> Authorization:
    """Return `given` as an authorization.

    Left out: the issuer of a consent is who gave it, of a statute the acting authority; the scope is the folder named;
    the beginning is now. A consent or a statute may be open-ended; a warrant or an emergency names its end. Raises
    AuthorizationError naming everything that is missing, with an example.
    """
    missing = []
    bases = tuple(basis.value for basis in Basis)
    if given.basis is None:
        missing.append(f"the basis (one of {', '.join(bases)})")
    elif given.basis not in bases:
        msg = f"unknown basis: {given.basis[:40]!r}"
        raise AuthorizationError(msg, remedy=f"Give one of {', '.join(bases)}, for example {EXAMPLE}")
    if given.reference is None:
        missing.append("what it rests on (the person who consents, the order, the provision, the danger)")
    basis = None if given.basis is None else Basis(given.basis)
    if basis in _NEEDS_AN_END and given.until is None:
        missing.append(f"until when the {basis} holds (--until 2026-12-31T00:00:00Z)")
    if basis is Basis.WARRANT and given.issuer is None:
        missing.append('who issued the warrant (--issuer "3rd Criminal Court")')
    if missing or basis is None or given.reference is None:
        msg = "no authorization to acquire and examine this material; missing: " + "; ".join(missing)
        raise AuthorizationError(msg, remedy=f"For example: {_example(basis)}\nor --authorization FILE.toml:\n{_file_example()}")
    default_issuer = given.reference if basis is Basis.CONSENT else authority
    return Authorization(
        basis=basis,
        reference=given.reference,
        issuer=given.issuer or default_issuer,
        scope=given.scope or _DEFAULT_SCOPE + material,
        period=_period(given, at=at),
    )


def _period(given: AuthorizationGiven, *, at: datetime) -> Period:
    """Return the period given, `at` being its beginning when none is; AuthorizationError when `at` is not in it."""
    start = at if given.start is None else _instant(given.start, "from")
    until = None if given.until is None else _instant(given.until, "until")
    if start > at:
        msg = f"the authorization begins only on {format_instant(start)}; it is {format_instant(at)}"
        raise AuthorizationError(msg, remedy="Nothing was opened. Give the same command again when it holds, or name one that holds now.")
    if until is not None and until <= at:
        msg = f"the authorization ended on {format_instant(until)}; it is {format_instant(at)}"
        raise AuthorizationError(msg, remedy="Nothing was opened. Have it prolonged, or name one that holds now.")
    return Period(start=start, end=until)


def _instant(text: str, name: str) -> datetime:
    try:
        return parse_instant(text)
    except MaterialError as error:
        msg = f"--{name}: {error.what}"
        raise AuthorizationError(msg, remedy=error.remedy) from error


def _as_text(value: object) -> str:
    if isinstance(value, date):  # a datetime is one too; without zone it is refused later, never taken to be UTC
        return value.isoformat()
    return str(value)


def _example(basis: Basis | None) -> str:
    if basis is Basis.WARRANT:
        return '--basis warrant:"Order 12/2026" --issuer "3rd Criminal Court" --until 2026-12-31T00:00:00Z'
    if basis is Basis.EMERGENCY:
        return '--basis emergency:"child at risk, call of 2026-11-23 14:05Z" --until 2026-11-25T00:00:00Z'
    if basis is Basis.STATUTE:
        return '--basis statute:"Code of Criminal Procedure, section 6"'
    return EXAMPLE


def _file_example() -> str:
    return (
        '  basis = "warrant"\n  reference = "Order 12/2026"\n  issuer = "3rd Criminal Court"\n'
        '  scope = "mailbox and server of Aurora Ltda"\n  from = 2026-11-20T00:00:00Z\n  until = 2026-12-31T00:00:00Z'
    )
