import pytest

from comity.parsers.mail.address import read_addresses


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"Lima, Ana" <a@B.Example>, c@d.example', [("a@b.example", "Lima, Ana"), ("c@d.example", "")]),
        ("Kunden Service, <t@x.example>", [("t@x.example", "Kunden Service,")]),
        ('staff: a@b.example, "C D" <c@d.example>;, e@f.example', [("a@b.example", ""), ("c@d.example", "C D"), ("e@f.example", "")]),
        ("undisclosed-recipients:;", []),
        ("a@b.example (Ana (nested) Lima)", [("a@b.example", "Ana (nested) Lima")]),
        ("=?utf-8?q?Pay=2C_Pal_=3Cx=40y=3E?= <z@w.example>", [("z@w.example", "Pay, Pal <x@y>")]),
        ("<@r.example,@s.example:u@V.example>", [("u@v.example", "")]),
        ("Foo Bar", [("", "Foo Bar")]),
        ('"Facebook" <>', [("", "Facebook")]),
        ("root", [("root", "")]),
        ('"unclosed <a@b.example>, c@d.example', [("a@b.example", "unclosed"), ("c@d.example", "")]),
        ("service@bank.example <evil@x.example>", [("evil@x.example", "service@bank.example")]),
        ('"q r"@s.example', [('"q r"@s.example', "")]),
        ("Ana a@b.example", [("a@b.example", "Ana")]),
    ],
)
def test_mailboxes_are_read_as_written(written, expected):
    assert [(mailbox.address, mailbox.display_name) for mailbox in read_addresses(written)] == expected
