import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.terms.errors import MaterialError
from comity.terms.money import GROUP_MARKS, Money, minor_digits, parse_minor


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0", 0),
        ("12.50", 1250),
        ("-12.5", -1250),
        ("+1", 100),
        ("1234567.89", 123456789),
        ("12.500", 1250),
        (" 7.00 ", 700),
        ("\u22123", -300),
    ],
)
def test_amounts(text: str, minor: int) -> None:
    assert Money.parse(text, currency="EUR").minor == minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "1.",
        ".5",
        "1..2",
        "1,5",
        "1.2.3",
        "12.345",
        "1e3",
        "0x1",
        "--1",
        "1-",
        "\u0661",
        "1 000.00",
        "NaN",
        "9" * 17,
        "1" * 100,
        "1_000",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(MaterialError):
        Money.parse(text, currency="EUR")


@pytest.mark.parametrize(("text", "minor"), [("1.234,56", 123456), ("12.345.678,00", 1234567800), ("1234,5", 123450), ("999", 99900)])
def test_comma_as_point(text: str, minor: int) -> None:
    assert parse_minor(text, digits=2, point=",", group="." + GROUP_MARKS) == minor


@pytest.mark.parametrize("text", ["1.23,00", "1234.567,00", "1..234,00", ".234,00", "1.2345,00"])
def test_groups_are_whole(text: str) -> None:
    with pytest.raises(MaterialError):
        parse_minor(text, digits=2, point=",", group=".")


def test_currencies() -> None:
    assert [minor_digits(code) for code in ("EUR", "JPY", "KWD", "CLF", "BRL", "DEM")] == [2, 0, 3, 4, 2, 2]
    for code in ("", "EU", "eur", "XXX1", "BTC"):
        with pytest.raises(MaterialError):
            minor_digits(code)
    with pytest.raises(MaterialError):
        Money(minor=1, currency="QQQ")


def test_words() -> None:
    written = [str(Money(minor=minor, currency=code)) for minor, code in ((123456789, "EUR"), (-5, "EUR"), (1500, "JPY"), (-1234, "KWD"))]
    assert written == ["EUR 1,234,567.89", "EUR -0.05", "JPY 1,500", "KWD -1.234"]


@given(st.integers(-(10**17), 10**17), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_what_is_written_reads_back(minor: int, code: str) -> None:
    text = str(Money(minor=minor, currency=code)).split()[1]
    assert Money.parse(text, currency=code, group=",").minor == minor
