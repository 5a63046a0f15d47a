"""The example world's reference data: who holds which documentation address, which bank has which invented code."""

_SNAPSHOT = """\
name = "example-world"
dated = 2026-09-01
from = 2026-01-01
until = 2027-01-01
world = "example"
kinds = ["allocations", "networks", "banks"]
licence = "CC0-1.0"
source = "examples/business-email-compromise/world.py"
note = "fictional: documentation addresses only"
"""
_ALLOCATIONS = (
    ("203.0.113.0/25", "BR", "lacnic", "Aurora Telecom Exemplo Ltda", "abuse@aurora-telecom.example"),
    ("203.0.113.128/25", "BR", "lacnic", "Provedor Movel Exemplo SA", "abuse@provedor-movel.example"),
    ("198.51.100.0/25", "DE", "ripencc", "Rheinhost Example GmbH", "abuse@rheinhost.example"),
    ("198.51.100.128/25", "DE", "ripencc", "Hansanetz Example AG", "abuse@hansanetz.example"),
    ("192.0.2.0/25", "LT", "ripencc", "UAB Baltijos rysys Example", "abuse@baltijos-rysys.example"),
    ("192.0.2.128/25", "BR", "lacnic", "Nuvem Exemplo SA", "abuse@nuvem.example"),
    ("2001:db8:b00::/40", "BR", "lacnic", "Aurora Telecom Exemplo Ltda", "abuse@aurora-telecom.example"),
    ("2001:db8:de00::/40", "DE", "ripencc", "Rheinhost Example GmbH", "abuse@rheinhost.example"),
)
_NETWORKS = (
    ("203.0.113.0/25", 64496, "AURORA-TELECOM-EXAMPLE"),
    ("203.0.113.128/25", 64497, "PROVEDOR-MOVEL-EXAMPLE"),
    ("198.51.100.0/25", 64500, "RHEINHOST-EXAMPLE"),
    ("198.51.100.128/25", 64501, "HANSANETZ-EXAMPLE"),
    ("192.0.2.0/25", 64505, "BALTIJOS-RYSYS-EXAMPLE"),
    ("192.0.2.128/25", 64498, "NUVEM-EXAMPLE"),
    ("2001:db8:b00::/40", 64496, "AURORA-TELECOM-EXAMPLE"),
    ("2001:db8:de00::/40", 64500, "RHEINHOST-EXAMPLE"),
)
_BANKS = (
    ("BR", "99999001", "EXPLBRSPXXX", "Banco Exemplo SA"),
    ("BR", "99999002", "EXPMBRSPXXX", "Banco Modelo SA"),
    ("BR", "99999003", "EXPNBRSPXXX", "Banco Amostra SA"),
    ("DE", "99990001", "EXPLDEHHXXX", "Musterbank Hamburg Example AG"),
    ("DE", "99990002", "EXPLDEFFXXX", "Beispielbank Frankfurt Example AG"),
    ("LT", "99900", "EXPLLT21XXX", "AB Pavyzdzio bankas"),
    ("LT", "99901", "EXPMLT21XXX", "AB Modelio bankas"),
)


def _table(header: tuple[str, ...], rows: tuple[tuple[object, ...], ...]) -> bytes:
    return ("\n".join(",".join(map(str, row)) for row in (header, *rows)) + "\n").encode()


def reference_files() -> dict[str, bytes]:
    """Return the snapshot's files by name."""
    return {
        "snapshot.toml": _SNAPSHOT.encode(),
        "allocations.csv": _table(("cidr", "country", "registry", "holder", "contact"), _ALLOCATIONS),
        "networks.csv": _table(("cidr", "asn", "name"), _NETWORKS),
        "banks.csv": _table(("country", "bank_code", "bic", "name"), _BANKS),
    }
