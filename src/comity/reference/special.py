"""Addresses as numbers, and those among them that identify nobody on the public network.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and those it lists); RFC 6598 (carrier-grade
NAT), RFC 5737, RFC 3849 and RFC 9637 (documentation), RFC 3056 (6to4), RFC 4380 (Teredo), RFC 4291 (IPv4-mapped).
"""

import ipaddress
from dataclasses import dataclass

import numpy as np
import polars as pl

DOCUMENTATION = "documentation"
CARRIER_GRADE_NAT = "carrier-grade NAT"

_IPV4 = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", CARRIER_GRADE_NAT),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", DOCUMENTATION),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", DOCUMENTATION),
    ("203.0.113.0/24", DOCUMENTATION),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)
_IPV6 = (
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("64:ff9b:1::/48", "private"),
    ("64:ff9b::/96", "NAT64"),
    ("100::/64", "discard"),
    ("2001::/32", "Teredo"),
    ("2001:2::/48", "benchmarking"),
    ("2001:10::/28", "ORCHID"),
    ("2001:20::/28", "ORCHID"),
    ("2001:db8::/32", DOCUMENTATION),
    ("2002::/16", "6to4"),
    ("3fff::/20", DOCUMENTATION),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("ff00::/8", "multicast"),
)
_RANGES_4 = [(int(network[0]), int(network[-1]), name) for network, name in ((ipaddress.IPv4Network(text), name) for text, name in _IPV4)]
_NETWORKS_6 = tuple((ipaddress.IPv6Network(text), name) for text, name in _IPV6)
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_STARTS_4 = np.array([start for start, _, _ in _RANGES_4], dtype=np.uint32)
_ENDS_4 = np.array([end for _, end, _ in _RANGES_4], dtype=np.uint32)
_NAMES_4 = np.array([name for _, _, name in _RANGES_4] + [""], dtype=object)

# four dotted decimals of at most three digits; leading zeros are refused because programs read them as octal or as decimal
_DOTTED = r"^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A column of addresses as numbers: `ipv4` and `ipv6` hold the positions of each family in the column.

    `number4` is uint32; `number6` is sixteen bytes in network order. `special` is the name of the special range each
    address lies in, "" for public ones, "not an address" for text that is none.
    """

    ipv4: np.ndarray
    number4: np.ndarray
    ipv6: np.ndarray
    number6: np.ndarray
    special: np.ndarray


def numbers(addresses: pl.Series) -> Numbers:
    """Return `addresses` (strings, canonical text) as numbers; an IPv4-mapped IPv6 address counts as its IPv4 address.

    IPv4 is read by columns; IPv6 address by address.
    """
    text = addresses.fill_null("")
    dotted = text.str.contains(_DOTTED)
    special = np.full(len(text), "not an address", dtype=object)
    four = dotted.arg_true().to_numpy().astype(np.int64)
    number4 = _dotted_numbers(text.gather(dotted.arg_true()))
    mapped: list[tuple[int, int]] = []
    six: list[int] = []
    packed: list[bytes] = []
    for position in (~dotted).arg_true().to_list():
        address = _ipv6(text[position])
        if address is None:
            continue
        if address.ipv4_mapped is not None:
            mapped.append((position, int(address.ipv4_mapped)))
            continue
        six.append(position)
        packed.append(address.packed)
        special[position] = special_ipv6(address)
    four = np.concatenate([four, np.array([position for position, _ in mapped], dtype=np.int64)])
    number4 = np.concatenate([number4, np.array([number for _, number in mapped], dtype=np.uint32)])
    special[four] = _special_ipv4(number4)
    number6 = np.frombuffer(b"".join(packed), dtype="S16") if packed else np.empty(0, dtype="S16")
    return Numbers(ipv4=four, number4=number4, ipv6=np.array(six, dtype=np.int64), number6=number6, special=special)


def special(address: str) -> str:
    """Return the name of the special range `address` lies in; "" for a public one, "not an address" for other text."""
    return str(numbers(pl.Series([address], dtype=pl.String)).special[0])


def special_ipv6(address: ipaddress.IPv6Address) -> str:
    """Return the name of the special range of `address`, with the IPv4 address inside where it has one; "" if public."""
    for network, name in _NETWORKS_6:
        if address in network:
            inside = address.sixtofour or (address.teredo[1] if address.teredo else None)
            if name == "NAT64":
                inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
            return name if inside is None else f"{name}, carries {inside}"
    return "" if address in _GLOBAL_6 else "reserved"


def _ipv6(text: str) -> ipaddress.IPv6Address | None:
    if ":" not in text or "%" in text:
        return None
    try:
        return ipaddress.IPv6Address(text)
    except ValueError:
        return None


def _dotted_numbers(text: pl.Series) -> np.ndarray:
    parts = text.str.split_exact(".", 3).struct.unnest()
    number = np.zeros(len(text), dtype=np.uint32)
    for name in parts.columns:
        number = (number << np.uint32(8)) | parts[name].cast(pl.UInt32).to_numpy()
    return number


def _special_ipv4(number: np.ndarray) -> np.ndarray:
    place = np.searchsorted(_STARTS_4, number, side="right") - 1
    inside = (place >= 0) & (number <= _ENDS_4[place])
    names: np.ndarray = _NAMES_4[np.where(inside, place, len(_RANGES_4))]
    return names
