from datetime import UTC, datetime
from pathlib import Path


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def example(folder: Path) -> Path:
    """An example world in which 192.0.2.0/24 is held in Germany."""
    folder.mkdir()
    (folder / "snapshot.toml").write_text(
        'name = "example-world"\ndated = 2026-09-01\nfrom = 2026-01-01\nuntil = 2027-01-01\nworld = "example"\nlicence = "CC0-1.0"\nnote = "invented"\n'
    )
    (folder / "allocations.csv").write_text(
        "cidr,country,registry,holder,contact\n192.0.2.0/24,DE,ripencc,Muster GmbH,abuse@muster.example\n"
    )
    (folder / "networks.csv").write_text("cidr,asn,name\n192.0.2.0/25,64496,MUSTER\n")
    (folder / "banks.csv").write_text("country,bank_code,bic,name\nLT,99999,EXAMLT22,Example Bank\n")
    return folder
