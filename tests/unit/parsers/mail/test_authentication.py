from comity.parsers.mail.authentication import read_authentication
from comity.parsers.mail.header import read_header


def read(text: str):
    data = text.replace("\n", "\r\n").encode()
    return read_authentication(read_header(data, 0, len(data)))


def test_topmost_counts_and_what_the_sender_wrote_below_does_not():
    got = read(
        "Authentication-Results: mx.example; spf=fail smtp.mailfrom=a.example; dkim=none\n"
        "Received: from a by mx.example; x\n"
        "Authentication-Results: mx.example; spf=pass; dkim=pass header.d=bank.example; dmarc=pass\n"
    )
    assert (got.spf, got.dkim, got.dmarc, got.server) == ("fail", "none", None, "mx.example")


def test_several_fields_of_one_server_are_joined_and_the_best_signature_named():
    got = read(
        "Authentication-Results: mx.example; dmarc=pass (p=NONE) header.from=a.example\n"
        "Authentication-Results: mx.example 1; dkim=fail (bad; hash) header.d=b.example;\n\tdkim=pass header.i=@C.example header.s=k\n"
        "Authentication-Results: other.example; spf=pass\n"
    )
    assert (got.spf, got.dkim, got.dkim_domain, got.dmarc, got.server) == (None, "pass", "c.example", "pass", "mx.example")


def test_exchange_names_no_server():
    got = read(
        "Authentication-Results: spf=softfail (sender IP is 192.0.2.1)\n smtp.mailfrom=a.example; dkim=none (message not signed)\n header.d=none;dmarc=fail action=none\n"
    )
    assert (got.spf, got.dkim, got.dkim_domain, got.dmarc, got.server) == ("softfail", "none", None, "fail", None)


def test_received_spf_and_signature_when_nothing_else_is_recorded():
    got = read(
        "Received-SPF: pass (mx.example: domain of a@b.example designates 192.0.2.1 as permitted sender) client-ip=192.0.2.1;\n"
        "DKIM-Signature: v=1; a=rsa-sha256; d=B.example; s=k; b=abc\n"
    )
    assert (got.spf, got.server, got.dkim, got.dkim_domain) == ("pass", "mx.example", None, "b.example")


def test_newest_arc_set_only_without_others():
    arc = "ARC-Authentication-Results: i=1; old.example; spf=pass\nARC-Authentication-Results: i=2; new.example; spf=fail; dmarc=fail\n"
    assert (read(arc).spf, read(arc).server) == ("fail", "new.example")
    assert read("Authentication-Results: mx.example; none\n" + arc).dmarc is None


def test_none_recorded_is_null():
    got = read("From: a@b.example\n")
    assert (got.spf, got.dkim, got.dkim_domain, got.dmarc, got.server) == (None,) * 5
