from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from comity.exchange.visible_text import amount_of_bytes, long_date, moment, prose, state_name, visible


def test_what_hides_or_reorders_is_written_as_its_code_point():
    assert visible("a\u202egpj.exe") == "a⟨U+202E⟩gpj.exe"
    assert visible("a\u200bb\x00\x1b\n") == "a⟨U+200B⟩b⟨U+0000⟩⟨U+001B⟩⟨U+000A⟩"
    assert visible("\ud800") == "⟨U+D800⟩"
    assert visible("Ação, 漢字, مرحبا") == "Ação, 漢字, مرحبا"


@given(st.text())
def test_nothing_hidden_is_left_and_ordinary_text_is_kept(text):
    shown = visible(text)
    assert shown.replace(" ", "").replace("\u00a0", "").isprintable() or any(c.isspace() for c in shown)
    assert not set(shown) & set("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\x00\x1b\n\r")
    shown.encode("utf-8")


def test_a_long_text_says_how_long_it_was():
    assert visible("x" * 10, limit=4) == "xxxx … (10 characters in all)"
    assert visible("xxxx", limit=4) == "xxxx"


def test_prose_cannot_be_clicked():
    assert prose("see https://evil.example/a and a@b.example") == "see hxxps://evil[.]example/a and a[@]b[.]example"


def test_instants_and_names_do_not_depend_on_zone_or_locale():
    at = datetime(2026, 3, 1, 1, 2, 3, 40, tzinfo=timezone(timedelta(hours=2)))
    assert moment(at) == "2026-02-28 23:02:03.00004 UTC"
    assert long_date(at) == "28 February 2026"
    assert moment(datetime(33, 1, 2, tzinfo=UTC)) == "0033-01-02 00:00:00 UTC"
    assert moment(None) == "no usable time"
    assert state_name("PH") == "Philippines"
    assert state_name("??") == "??"


def test_sizes():
    assert [amount_of_bytes(n) for n in (0, 1, 1023, 1024, 5 * 1024**3, 3 * 1024**4)] == [
        "0 bytes", "1 byte", "1023 bytes", "1.0 KiB", "5.0 GiB", "3.0 TiB",
    ]  # fmt: skip


def test_a_day_is_no_midnight():
    assert moment(datetime(2026, 9, 14, tzinfo=UTC), "day") == "2026-09-14"
