"""International bank account numbers."""

import re
from typing import Final

from comity.terms.errors import MaterialError

# Country: BBAN structure in runs (n digits, a capital letters, c both), and where the bank identifier lies in the BBAN.
# Facts of the IBAN registry (ISO 13616-2) as known in 2026; a country that is not here is said to be unknown, not wrong.
_REGISTRY: Final = {
    "AD": ("8n12c", 0, 4), "AE": ("19n", 0, 3), "AL": ("8n16c", 0, 3), "AT": ("16n", 0, 5), "AZ": ("4a20c", 0, 4), "BA": ("16n", 0, 3),
    "BE": ("12n", 0, 3), "BG": ("4a6n8c", 0, 4), "BH": ("4a14c", 0, 4), "BI": ("23n", 0, 5), "BR": ("23n1a1c", 0, 8),
    "BY": ("4c4n16c", 0, 4), "CH": ("5n12c", 0, 5), "CR": ("18n", 0, 4), "CY": ("8n16c", 0, 3), "CZ": ("20n", 0, 4), "DE": ("18n", 0, 8),
    "DJ": ("23n", 0, 5), "DK": ("14n", 0, 4), "DO": ("4c20n", 0, 4), "EE": ("16n", 0, 2), "EG": ("25n", 0, 4), "ES": ("20n", 0, 4),
    "FI": ("14n", 0, 3), "FK": ("2a12n", 0, 2), "FO": ("14n", 0, 4), "FR": ("10n11c2n", 0, 5), "GB": ("4a14n", 0, 4), "GE": ("2a16n", 0, 2),
    "GI": ("4a15c", 0, 4), "GL": ("14n", 0, 4), "GR": ("7n16c", 0, 3), "GT": ("24c", 0, 4), "HN": ("4a20n", 0, 4), "HR": ("17n", 0, 7),
    "HU": ("24n", 0, 3), "IE": ("4a14n", 0, 4), "IL": ("19n", 0, 3), "IQ": ("4a15n", 0, 4), "IS": ("22n", 0, 2), "IT": ("1a10n12c", 1, 5),
    "JO": ("4a4n18c", 0, 4), "KW": ("4a22c", 0, 4), "KZ": ("3n13c", 0, 3), "LB": ("4n20c", 0, 4), "LC": ("4a24c", 0, 4),
    "LI": ("5n12c", 0, 5), "LT": ("16n", 0, 5), "LU": ("3n13c", 0, 3), "LV": ("4a13c", 0, 4), "LY": ("21n", 0, 3), "MC": ("10n11c2n", 0, 5),
    "MD": ("20c", 0, 2), "ME": ("18n", 0, 3), "MK": ("3n10c2n", 0, 3), "MN": ("16n", 0, 4), "MR": ("23n", 0, 5), "MT": ("4a5n18c", 0, 4),
    "MU": ("4a19n3a", 0, 6), "NI": ("4a20n", 0, 4), "NL": ("4a10n", 0, 4), "NO": ("11n", 0, 4),
    "OM": ("3n16c", 0, 3), "PK": ("4a16c", 0, 4),
    "PL": ("24n", 0, 8), "PS": ("4a21c", 0, 4), "PT": ("21n", 0, 4), "QA": ("4a21c", 0, 4), "RO": ("4a16c", 0, 4), "RS": ("18n", 0, 3),
    "RU": ("14n15c", 0, 9), "SA": ("2n18c", 0, 2), "SC": ("4a20n3a", 0, 6), "SD": ("14n", 0, 2), "SE": ("20n", 0, 3), "SI": ("15n", 0, 2),
    "SK": ("20n", 0, 4), "SM": ("1a10n12c", 1, 5), "SO": ("19n", 0, 4), "ST": ("21n", 0, 4), "SV": ("4a20n", 0, 4), "TL": ("19n", 0, 3),
    "TN": ("20n", 0, 2), "TR": ("6n16c", 0, 5), "UA": ("6n19c", 0, 6), "VA": ("18n", 0, 3), "VG": ("4a16n", 0, 4), "XK": ("16n", 0, 2),
    "YE": ("4a4n18c", 0, 4),
}  # fmt: skip
_CLASSES: Final = {"n": "[0-9]", "a": "[A-Z]", "c": "[0-9A-Z]"}
_SHAPES: Final = {
    country: re.compile("".join(f"{_CLASSES[kind]}{{{count}}}" for count, kind in re.findall(r"(\d+)([nac])", structure)))
    for country, (structure, _, _) in _REGISTRY.items()
}
_LONGEST_WRITTEN = 64


def normalize_iban(text: str) -> str:
    """Return the IBAN in electronic form: capitals and digits, no spaces.

    Checked: the country's length and structure, and the check digits. A valid IBAN need not exist.
    MaterialError says which check failed. Source: ISO 13616-1:2020; check digits ISO/IEC 7064, MOD 97-10.
    """
    shown = text[:_LONGEST_WRITTEN]
    remedy = "Compare it with the original, character by character."
    if len(text) > _LONGEST_WRITTEN:
        raise MaterialError(f"too long for an IBAN: {shown!r}", remedy=remedy)
    iban = "".join(text.split()).replace("-", "").upper().removeprefix("IBAN").removeprefix(":")
    country = iban[:2]
    shape = _SHAPES.get(country)
    if shape is None:
        raise MaterialError(f"no country with IBANs begins with {country!r}: {shown!r}", remedy=remedy)
    if not re.fullmatch("[0-9]{2}", iban[2:4], re.ASCII) or not shape.fullmatch(iban[4:]):
        raise MaterialError(f"not the length and structure of an IBAN of {country}: {shown!r}", remedy=remedy)
    # 00, 01 and 99 leave the same remainder as 97, 98 and 02 and are never given out
    if _remainder(iban) != 1 or iban[2:4] in {"00", "01", "99"}:
        raise MaterialError(f"the check digits of the IBAN do not fit: {shown!r}", remedy=remedy)
    return iban


def iban_country(iban: str) -> str:
    """Return the ISO 3166 alpha-2 code a normal `iban` begins with; XK stands for Kosovo, a code of no standard."""
    return iban[:2]


def bank_code(iban: str) -> str:
    """Return the bank identifier inside a normal `iban`, as the country's structure places it."""
    _, start, length = _REGISTRY[iban[:2]]
    return iban[4 + start : 4 + start + length]


def check_digits(country: str, bban: str) -> str:
    """Return the two check digits for `bban` in `country`. Source: ISO/IEC 7064, MOD 97-10."""
    return f"{98 - _remainder(f'{country}00{bban}'):02d}"


def _remainder(iban: str) -> int:
    """Return the number an IBAN stands for, letters as 10 to 35 and the first four characters last, modulo 97."""
    return int("".join(str(int(character, 36)) for character in iban[4:] + iban[:4])) % 97
