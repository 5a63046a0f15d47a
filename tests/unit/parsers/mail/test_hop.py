from datetime import UTC, datetime

import pytest

from comity.parsers.mail.hop import read_hop

DATE = "; Thu, 22 Aug 2002 07:36:16 -0400 (EDT)"
AT = datetime(2002, 8, 22, 11, 36, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("program", "written", "domain", "address", "reverse", "by", "protocol"),
    [
        ("postfix", "from a.example (b.example [192.0.2.1]) by c.example (Postfix) with ESMTPSA id D0 for <x@y.example>", "a.example", "192.0.2.1", "b.example", "c.example", "ESMTPSA"),
        ("postfix unknown", "from a.example (unknown [192.0.2.1]) by c.example (Postfix) with SMTP id D0", "a.example", "192.0.2.1", None, "c.example", "SMTP"),
        ("sendmail", "from a (root@b.example [192.0.2.1] (may be forged)) by c.example (8.11.6/8.11.6) with ESMTP id g7", "a", "192.0.2.1", "b.example", "c.example", "ESMTP"),
        ("sendmail local", "(from mail@localhost) by c.example (8.11.6/8.11.6) id g7", None, None, None, "c.example", None),
        ("exim", "from b.example ([192.0.2.1]:4711 helo=a.example) by c.example with esmtps (TLS1.2) tls X (Exim 4.92)", "a.example", "192.0.2.1", "b.example", "c.example", "esmtps"),
        ("exim literal", "from [192.0.2.1] (helo=a.example) by c.example with smtp (Exim 3.35)", "a.example", "192.0.2.1", None, "c.example", "smtp"),
        ("qmail", "from unknown (HELO a.example) (192.0.2.1) by c.example with SMTP", "a.example", "192.0.2.1", None, "c.example", "SMTP"),
        ("qmail user", "from b.example (HELO a.example) (u@v.example@192.0.2.1) by c.example with SMTP", "a.example", "192.0.2.1", "b.example", "c.example", "SMTP"),
        ("exchange", "from A.EXAMPLE (2001:db8::12) by C.EXAMPLE (2001:db8::13) with Microsoft SMTP Server (version=TLS1_2) id 15.20 via Frontend Transport", "a.example", "2001:db8::12", None, "c.example", "Microsoft SMTP Server"),
        ("exchange mapi", "from A.EXAMPLE ([fe80::7c60:676e%9]) by C.EXAMPLE ([fe80::1%9]) with mapi id 15.20", "a.example", "fe80::7c60:676e", None, "c.example", "mapi"),
        ("gmail", "from a.example (a.example. [IPv6:2001:DB8::1]) by mx.google.com with ESMTPS id x", "a.example", "2001:db8::1", "a.example", "mx.google.com", "ESMTPS"),
        ("gmail inner", "by 2002:a05:6a10:1 with SMTP id x", None, None, None, "2002:a05:6a10:1", "SMTP"),
        ("fetchmail", "from phobos [127.0.0.1] by localhost with IMAP (fetchmail-5.9.0)", "phobos", "127.0.0.1", None, "localhost", "IMAP"),
        ("forged name", "from x (y [198.51.100.66]) (unknown [192.0.2.1]) by c.example with SMTP", "x", "192.0.2.1", None, "c.example", "SMTP"),
        ("mapped", "from a ([::ffff:192.0.2.1]) by c with SMTP", "a", "192.0.2.1", None, "c", "SMTP"),
    ],
)  # fmt: skip
def test_forms_of_mail_servers(program, written, domain, address, reverse, by, protocol):  # noqa: PLR0917 - a table of examples
    hop = read_hop(written + DATE)
    assert (hop.from_domain, hop.from_ip, hop.from_reverse, hop.by_domain, hop.protocol, hop.at) == (
        domain,
        address,
        reverse,
        by,
        protocol,
        AT,
    ), program


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("by a.example with SMTP id 1; 22 Dec 2023 06:11:21 -0000", datetime(2023, 12, 22, 6, 11, 21, tzinfo=UTC)),
        (
            "by a.example with SMTP id 1 2023-09-11 09:23:53.933980345 +0000 UTC m=+106.07",
            datetime(2023, 9, 11, 9, 23, 53, 933980, tzinfo=UTC),
        ),
        ("by a.example; Thu, 22 Aug 2002    07:36:16 -0400", AT),
        ("by a.example; 28/08/2002 09:22:41", None),
        ("by a.example; Thu, 22 Aug 2002 07:36:16", None),
        ("by a.example; Thu, 22 Aug 2002 07:36:16 CEST", None),
    ],
)
def test_time_is_read_only_with_a_zone(written, at):
    assert read_hop(written).at == at
