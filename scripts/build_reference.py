# ruff: noqa: INP001 - a script, not a package
"""Builds the snapshots shipped in src/comity/reference/data from their publishers' files.

Run as `python scripts/build_reference.py FOLDER`, FOLDER holding the files named below (see docs/reference-data.md for
where each comes from). A snapshot that is there already is left alone; one that would differ stops the run.
"""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from comity.reference.importing import Labels, read
from comity.reference.registry import SHIPPED, put

IPTOASN = ("PDDL-1.0 (iptoasn.com, as stated there); copy under MIT", "iptoasn.com, by way of Network-Weather/Swift-IP2ASN")
IPVERSE = ("CC0-1.0", "ipverse/rir-ip, commits 2021-12-08 to 2024-12-31 reduced to intervals; from the registries' daily statistics")
GAPS = "Days without a published state count as the day before; the longest gap is 11 days."
TOR_GAPS = (
    "Last state of each day, two collectors; days missing: 2019-05-17 to 2019-08-08, 2024-01-22 to 2024-02-23, 2024-02-28 to "
    "2024-04-02 and some shorter ones, counted as the day before."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A file of the folder and the labels its snapshot bears."""

    path: str
    labels: Labels


def shipment(path: str, name: str, dated: str, licence: str, source: str, *, note: str = "", listed_as: str = "") -> Shipment:
    """Return a Shipment; `dated` is the day of the facts, "" when the file says it."""
    day = date.fromisoformat(dated) if dated else None
    return Shipment(path=path, labels=Labels(name=name, dated=day, licence=licence, source=source, note=note, listed_as=listed_as))


MIT_TOR = ("MIT", "SecOps-Institute/Tor-IP-Addresses and alireza-rezaee/tor-nodes")
X4B = ("MIT", "X4BNet/lists_vpn, commit 167937a")
IANA = "IANA RDAP bootstrap registry"
SHIPMENTS = (
    shipment("rir/rir_country_intervals_v4_2021-12_2024-12.parquet", "rir-country-ipv4", "", *IPVERSE, note=GAPS),
    shipment("rir/rir_country_intervals_v6_2021-12_2024-12.parquet", "rir-country-ipv6", "", *IPVERSE, note=GAPS),
    shipment(
        "rir/delegated-lacnic-extended-20181012.xz", "delegated-lacnic-2018-10-12", "", "MIT or Apache-2.0 (copy); RIR statistics",
        "LACNIC delegated-extended, by way of roniemartinez/IPToCC",
    ),
    shipment(
        "rir/delegated-afrinic-extended-20260505.xz", "delegated-afrinic-2026-05-05", "", "MIT or Apache-2.0 (copy); RIR statistics",
        "AFRINIC delegated-extended, by way of roniemartinez/IPToCC",
    ),
    shipment("rdap/openrdap_bootstrap_ipv4.json", "iana-ipv4-registries-2015-08-11", "", "MIT (copy)", f"{IANA}, by way of openrdap/rdap"),
    shipment("rdap/openrdap_bootstrap_ipv6.json", "iana-ipv6-registries-2016-03-22", "", "MIT (copy)", f"{IANA}, by way of openrdap/rdap"),
    shipment(
        "asn/ipasn_20140513.dat.gz", "origins-ipv4-2014-05-13", "2014-05-13", "MIT (copy)",
        "RouteViews table of 2014-05-13, by way of hadiasghari/pyasn", note="Announced prefixes and the network that announced them.",
    ),
    shipment(
        "asn/ipasn6_20151101.dat.gz", "origins-2015-11-01", "2015-11-01", "MIT (copy)",
        "RouteViews tables of 2015-11-01, by way of hadiasghari/pyasn", note="Announced prefixes and the network that announced them.",
    ),
    shipment("asn/iptoasn_v4_20250905.parquet", "origins-ipv4-2025-09-05", "2025-09-05", *IPTOASN, note="Commit 79665ec."),
    shipment("asn/iptoasn_v4_20260527.parquet", "origins-ipv4-2026-05-27", "2026-05-27", *IPTOASN, note="Commit 680e34d."),
    shipment("asn/iptoasn_v6_20260527.parquet", "origins-ipv6-2026-05-27", "2026-05-27", *IPTOASN, note="Commit 680e34d."),
    shipment("asn/iptoasn_names_20260527.parquet", "network-names-2026-05-27", "2026-05-27", *IPTOASN, note="Commit 680e34d."),
    shipment(
        "tor/tor_exit_intervals_2018-03_2025-06.parquet", "tor-exits", "", *MIT_TOR, note=TOR_GAPS, listed_as="listed as a Tor exit"
    ),
    shipment("vpn/x4b-vpn-ipv4.txt", "vpn-ranges-ipv4-2026-08-22", "2026-08-22", *X4B, listed_as="listed as a VPN service's range"),
    shipment("vpn/x4b-vpn-ipv6.txt", "vpn-ranges-ipv6-2026-08-22", "2026-08-22", *X4B, listed_as="listed as a VPN service's range"),
    shipment("vpn/x4b-datacenter-ipv4.txt", "hosting-ranges-ipv4-2026-08-22", "2026-08-22", *X4B, listed_as="listed as a hosting range"),
    shipment(
        "psl/public_suffix_list_20260819.dat", "public-suffix-list-2026-08-19", "2026-08-19", "MPL-2.0",
        "publicsuffix/list, commit e8c9a2b", note="The file is unmodified.",
    ),
)  # fmt: skip


def main(folder: Path) -> None:
    """Build every shipment from `folder`."""
    for each in SHIPMENTS:
        files, snapshot = read(folder / each.path, each.labels)
        stored, new = put(files, snapshot, into=SHIPPED)
        size = sum(len(data) for data in files.values())
        sys.stdout.write(
            f"{'built' if new else 'there'} {stored.name}: {stored.rows} rows, {size} bytes, {stored.first} to {stored.last}\n"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
