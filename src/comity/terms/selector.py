"""Selectors: the strings that single out a party, a machine or a place on the network."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a selector is."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    IBAN = "iban"
    ACCOUNT = "account"
    BITCOIN = "bitcoin"
    ETHEREUM = "ethereum"
    SHA256 = "sha256"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Selector:
    """A selector in its normal form (see `normalize`)."""

    kind: Kind
    value: str
