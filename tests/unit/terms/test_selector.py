import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.terms.errors import MaterialError
from comity.terms.iban import bank_code, check_digits
from comity.terms.selector import Kind, Selector, defang, normalize, normalize_address, refang

IBANS = [
    "AD1200012030200359100100",
    "AE070331234567890123456",
    "AL47212110090000000235698741",
    "AT611904300234573201",
    "BE68539007547034",
    "BG80BNBG96611020345678",
    "BR1800360305000010009795493C1",
    "CH9300762011623852957",
    "CY17002001280000001200527600",
    "CZ6508000000192000145399",
    "DE89370400440532013000",
    "DK5000400440116243",
    "EE382200221020145685",
    "ES9121000418450200051332",
    "FI2112345600000785",
    "FR1420041010050500013M02606",
    "GB29NWBK60161331926819",
    "GR1601101250000000012300695",
    "HR1210010051863000160",
    "HU42117730161111101800000000",
    "IE29AIBK93115212345678",
    "IT60X0542811101000000123456",
    "LI21088100002324013AA",
    "LT121000011101001000",
    "LU280019400644750000",
    "LV80BANK0000435195001",
    "MT84MALT011000012345MTLCAST001S",
    "NL91ABNA0417164300",
    "NO9386011117947",
    "PL61109010140000071219812874",
    "PT50000201231234567890154",
    "RO49AAAA1B31007593840000",
    "SE4550000000058398257466",
    "SI56263300012039086",
    "SK3112000000198742637541",
    "TR330006100519786457841326",
    "UA213223130000026007233566001",
    "XK051212012345678906",
    "MU17BOMM0101101030300200000MUR",
    "SC18SSCB11010000000000001497USD",
]


@pytest.mark.parametrize("iban", IBANS)
def test_ibans_of_the_registry(iban: str) -> None:
    written = " ".join(iban[start : start + 4] for start in range(0, len(iban), 4)).lower()
    assert normalize(Kind.IBAN, written) == Selector(kind=Kind.IBAN, value=iban)


@given(st.sampled_from(IBANS), st.data())
def test_one_wrong_or_two_swapped_characters_are_found(iban: str, data: st.DataObject) -> None:
    # what MOD 97-10 promises: a digit for a digit or a letter for a letter; across the two it finds most, not all
    place = data.draw(st.integers(3, len(iban) - 1))
    wrong = data.draw(st.sampled_from("0123456789" if iban[place].isdigit() else "ABCMSTUXYZ"))
    changed = [iban[:place] + wrong + iban[place + 1 :]]
    if iban[place].isdigit() == iban[place - 1].isdigit():
        changed.append(iban[: place - 1] + iban[place] + iban[place - 1] + iban[place + 1 :])
    for text in changed:
        if text != iban:
            with pytest.raises(MaterialError):
                normalize(Kind.IBAN, text)


@pytest.mark.parametrize(("digits", "twin"), [("00", "97"), ("01", "98"), ("99", "02")])
def test_check_digits_have_one_spelling(digits: str, twin: str) -> None:
    numbers = (f"10000{number:011d}" for number in range(1000))
    bban = next(number for number in numbers if check_digits("LT", number) == twin)
    assert normalize(Kind.IBAN, f"LT{twin}{bban}")
    with pytest.raises(MaterialError):
        normalize(Kind.IBAN, f"LT{digits}{bban}")


@pytest.mark.parametrize(
    "text", ["", "DE8937040044053201300", "DE893704004405320130000", "XX89370400440532013000", "DE8937040044053201300O", "1" * 500]
)
def test_what_is_no_iban(text: str) -> None:
    with pytest.raises(MaterialError) as caught:
        normalize(Kind.IBAN, text)
    assert caught.value.remedy


def test_bank_codes_lie_where_the_country_puts_them() -> None:
    assert bank_code("DE89370400440532013000") == "37040044"
    assert bank_code("BR1800360305000010009795493C1") == "00360305"
    assert bank_code("LT121000011101001000") == "10000"
    assert bank_code("IT60X0542811101000000123456") == "05428"
    assert check_digits("LT", "1000011101001000") == "12"


VALID = {
    Kind.IPV4: [("192.0.2.1", "192.0.2.1"), (" 203.0.113.255 ", "203.0.113.255")],
    Kind.IPV6: [("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1")],
    Kind.DOMAIN: [("EXAMPLE.com.", "example.com"), ("Bücher.example", "xn--bcher-kva.example"), ("my_shop.a.example", "my_shop.a.example"),
                  ("faß.example", "xn--fa-hia.example"), ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("\uff45xample.com", "example.com")],
    Kind.EMAIL: [("Ana.Lima@EXAMPLE.com", "Ana.Lima@example.com"), ("ана@пример.example", "ана@xn--e1afmkfd.example"), ('"a b"@example.com', '"a b"@example.com'),
                 ("x@[192.0.2.1]", "x@[192.0.2.1]"), ("x@[IPv6:2001:DB8::1]", "x@[IPv6:2001:db8::1]"), ("a+b@x.example", "a+b@x.example")],
    Kind.URL: [("HTTPS://Example.COM:443", "https://example.com/"), ("http://u:p@example.com:8080/A?b=C#d", "http://u:p@example.com:8080/A?b=C#d"),
               ("http://[2001:DB8::1]:80/x", "http://[2001:db8::1]/x"), ("http://192.0.2.1/a", "http://192.0.2.1/a")],
    Kind.ACCOUNT: [("0007 000123-4", "0007000123-4")],
    Kind.SHA256: [("AB" * 32, "ab" * 32)],
}  # fmt: skip
INVALID = {
    Kind.IPV4: ["192.0.2.256", "192.0.2", "192.0.2.01", "1.2.3.4.5", "192.0.2.1/24", "\u0661.2.3.4"],
    Kind.IPV6: ["2001:db8::1%eth0", "2001:db8::g", "1:2:3", "::1::"],
    Kind.DOMAIN: ["example", "-a.example", "a-.example", "a..example", "192.0.2.1", "a b.example", "x" * 64 + ".example", "a." * 130 + "example", "a.b_c",
                  "xn--\u20ac.example", "a\u200db.example", "a/b.example", "xn--99999999.example"],
    Kind.EMAIL: ["", "a@", "@example.com", "a b@example.com", "a@b@example.com", "a@localhost", "a..b@example.com", "x" * 65 + "@example.com", "a@[1.2.3]"],
    Kind.URL: ["example.com", "http://", "http://a b/", "javascript:alert(1)", "http://[::1", "http://localhost/", "http://example.com:99999/", "http:example.com",
               "http://exa\nmple.com/"],
    Kind.ACCOUNT: ["", "---", "x" * 65, "12\x0034"],
    Kind.SHA256: ["ab" * 31, "zz" * 32],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "value"), [(kind, *pair) for kind, pairs in VALID.items() for pair in pairs])
def test_normal_forms(kind: Kind, text: str, value: str) -> None:
    assert normalize(kind, text).value == value
    assert normalize(kind, value).value == value


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in INVALID.items() for text in texts])
def test_refusals(kind: Kind, text: str) -> None:
    with pytest.raises(MaterialError) as caught:
        normalize(kind, text)
    assert len(caught.value.what) < 300


@given(st.sampled_from(list(Kind)), st.text(max_size=80))
def test_anything_is_a_selector_or_a_material_error(kind: Kind, text: str) -> None:
    try:
        value = normalize(kind, text).value
    except MaterialError:
        return
    assert normalize(kind, value).value == value


def test_either_address() -> None:
    assert normalize_address("2001:db8::1").kind is Kind.IPV6
    assert normalize_address("192.0.2.1").kind is Kind.IPV4


HARMLESS = {
    "http://a.example/x.php?y=1": "hxxp://a[.]example/x[.]php?y=1",
    "ana@mail.example": "ana[@]mail[.]example",
    "192.0.2.1": "192[.]0[.]2[.]1",
    "2001:db8::1": "2001[:]db8::1",
    "Paid EUR 12.50 at 12:30:45 on 03.04.2026, e.g. twice.": "Paid EUR 12.50 at 12:30:45 on 03.04.2026, e.g. twice.",
    "LT121000011101001000": "LT121000011101001000",
    "ftp://a.example/": "fxp://a[.]example/",
}


@pytest.mark.parametrize("text", HARMLESS)
def test_defang(text: str) -> None:
    assert defang(text) == HARMLESS[text]
    assert refang(HARMLESS[text]) == text


@pytest.mark.parametrize("text", ["hxxps://a[.]example", "hXXps[:]//a(.)example", "hxxps[://]a[dot]example", "h**ps://a{.}example"])
def test_refang_knows_the_customs(text: str) -> None:
    assert refang(text) == "https://a.example"


@given(st.sampled_from([value for kind in VALID for _, value in VALID[kind]] + IBANS))
def test_refang_leads_back(value: str) -> None:
    assert refang(defang(value)) == value
    assert "http" not in defang(value)
