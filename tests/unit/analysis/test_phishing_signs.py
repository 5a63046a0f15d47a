# ruff: noqa: RUF001 - letters taken for others are what is tested
"""Each sign on the smallest message that shows it, and on its harmless neighbour."""

from datetime import UTC, datetime

import mail_tables
import pytest
from publicsuffixlist import PublicSuffixList

from comity.analysis import phishing
from comity.analysis.finding import Strength

SUFFIXES = PublicSuffixList()
PASSED = {"spf.result": "pass", "dkim.result": "pass", "dmarc.result": "pass"}
REFUSED = {"spf.result": "fail", "dkim.result": "none", "dmarc.result": "fail"}


def codes(message, hops=(), links=(), before=()):
    tables = mail_tables.of([{"message_id": "a@b.example", **message}, *before], hops, links)
    letter, judgement = next(iter(phishing.assess(*tables, suffixes=SUFFIXES)))
    assert letter.trace.offset == 0
    return {sign.code for sign in judgement.signs}


def author(name, address, **more):
    return {"from.display_name": name, "from.address": address, "from.count": 1, **more}


@pytest.mark.parametrize(
    ("code", "message", "harmless"),
    [
        ("name_borrows_brand", author("PayPal Service", "x@lamps.example"), author("PayPal", "service@paypal.com")),
        ("name_borrows_brand", author("N e t f l i x !", "x@lamps.example"), author("Chase Miller", "chase@lamps.example")),
        ("name_borrows_brand", author("МеtaМask", "x@lamps.example"), author("Orange Tree Books", "x@books.example")),
        ("name_is_address", author("boss@firm.example", "x@lamps.example"), author("x@lamps.example", "x@lamps.example")),
        ("name_disguised", author("Вinance team", "x@lamps.example"), author("Иван Петров", "ivan@lamps.example")),
        ("name_of_firm_free_mail", author("Customer Service", "x77@gmail.com"), author("Marta Nowak", "marta@gmail.com")),
        ("author_imitates_brand", author("", "x@paypa1.example"), author("", "x@paypal.com")),
        ("author_imitates_brand", author("", "x@netflix-billing.example"), author("", "x@flixbus.example")),
        ("author_holds_brand", author("", "x@netflix.lamps.example"), author("", "x@mail.lamps.example")),
        ("author_unusable", author("Bank", "x@bank"), author("Bank", "x@bank.example")),
        ("author_refused", author("", "x@lamps.example", **REFUSED), author("", "x@lamps.example")),
        ("reply_free_mail", author("", "x@lamps.example", **{"reply_to.address": ["y@gmail.com"]}), author("", "x@lamps.example", **{"reply_to.address": ["y@lamps.example"]})),
        ("reader_named", {"to.address": ["me@home.example"], "subject": "me@home.example, you won"}, {"to.address": ["me@home.example"], "subject": "Hello"}),
        ("own_address", author("", "me@home.example", **{"to.address": ["me@home.example"]}, **REFUSED), author("", "me@home.example", **{"to.address": ["me@home.example"]}, **PASSED, **{"dkim.domain": "home.example"})),
        ("subject_disguised", {"subject": "𝗬𝗼𝘂 𝗵𝗮𝘃𝗲 𝘄𝗼𝗻"}, {"subject": "Ihr Paket für heute 🔥"}),
        ("wording_disguised", {"body.text": "Ve\u200brify yo\u200bur acc\u200bount now"}, {"body.text": "Verify your account now"}),
        ("wording_credentials", {"body.text": "Please verify your account."}, {"body.text": "The account of the journey, verified by two witnesses."}),
        ("wording_bank_details", {"body.text": "Note our new bank details below."}, {"body.text": "Our bank holiday hours are new."}),
        ("attachment_page", {"attachment.names": ["invoice.html"]}, {"attachment.names": ["invoice.pdf"]}),
        ("attachment_two_endings", {"attachment.names": ["scan.pdf.exe"]}, {"attachment.names": ["scan.v2.pdf"]}),
        ("attachment_runs", {"attachment.names": ["open.js"]}, {"attachment.names": ["notes.txt"]}),
        ("template_unfilled", {"body.text": "Dear {{first_name}}, hello"}, {"body.text": "Dear Ana, hello"}),
    ],
)  # fmt: skip
def test_sign_and_its_harmless_neighbour(code, message, harmless):
    assert code in codes(message)
    assert code not in codes(harmless)


@pytest.mark.parametrize(
    ("code", "link", "harmless"),
    [
        ("link_bare_address", "http://203.0.113.9/login", "http://lamps.example/login"),
        ("link_user_part", "https://paypal.com@evil.example/", "https://evil.example/u@v"),
        ("link_shortened", "https://bit.ly/abc", "https://lamps.example/abc"),
        ("link_free_hosting", "https://x.s3.amazonaws.com/p.html", "https://www.lamps.example/p.html"),
        ("link_holds_domain", "https://bank.com.br.evil.example/", "https://www.evil.example/bank.com.br/"),
        ("link_holds_brand", "https://paypal.secure.evil.example/", "https://www.paypal.com/"),
        ("link_imitates_brand", "https://paypal-login.example/", "https://paypal.com/login"),
        ("link_redirect", "https://www.google.com/url?q=https://evil.example/", "https://www.google.com/search?q=lamps"),
        ("link_scripted", "javascript:alert(1)", "https://lamps.example/javascript"),
        ("link_odd_port", "https://evil.example:4444/", "https://evil.example:443/"),
        ("link_inner_folder", "https://evil.example/wp-includes/x/", "https://evil.example/includes/x/"),
        ("link_names_reader", "https://evil.example/#me@home.example", "https://evil.example/#top"),
    ],
)
def test_link_sign_and_its_harmless_neighbour(code, link, harmless):
    message = {**author("", "x@lamps.example"), "body.html": True, "to.address": ["me@home.example"]}

    def row(url):
        host = url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0] if "://" in url else None
        return {"url.full": url, "url.domain": host or None, "text": "here", "source": "html_anchor"}

    assert code in codes(message, links=[row(link)])
    assert code not in codes(message, links=[row(harmless)])


def test_a_link_shown_as_another():
    shown = {"url.full": "https://evil.example/a", "url.domain": "evil.example", "text": "www.bank.example", "source": "html_anchor"}
    assert "link_shown_otherwise" in codes(author("", "x@lamps.example"), links=[shown])
    counted = {
        "url.full": "https://click.evil.example/a",
        "url.domain": "click.evil.example",
        "text": "www.lamps.example",
        "source": "html_anchor",
    }
    confirmed = author("", "x@lamps.example", **PASSED, **{"dkim.domain": "lamps.example"})
    assert "link_shown_otherwise" not in codes(confirmed, links=[counted])


IBAN = "DE89 3704 0044 0532 0130 00"
READER = {"to.address": ["me@home.example"]}
FREE = {**READER, **author("John Smith", "john77@gmail.com")}
OWN = {**READER, **PASSED, **author("John Smith", "john@home.example")}


@pytest.mark.parametrize(
    ("code", "message", "harmless"),
    [
        ("demand_cards", {**FREE, "body.text": "Buy gift cards and send photos of the codes"}, {**FREE, "body.text": "Thank you for the gift card"}),
        ("demand_cards", {**FREE, "body.text": "Compre cartões presente, raspe e mande"}, {**FREE, "body.text": "Raspe a tinta da parede"}),
        ("demand_transfer", {**FREE, "body.text": "Wir brauchen eine Überweisung, vertraulich."}, {**FREE, "body.text": "Bitte um Überweisung bis Freitag."}),
        ("demand_transfer", {**FREE, "body.text": "Il faut faire un virement, je suis en réunion"}, {**OWN, "body.text": "Il faut faire un virement, je suis en réunion"}),
        ("demand_payroll", {**FREE, "body.text": "I changed banks, please update my direct deposit"}, {**FREE, "body.text": "Direct deposit is paid on Friday"}),
        ("demand_payroll", {**FREE, "body.text": "Mein Gehalt bitte auf mein neues Konto"}, {**FREE, "body.text": "Das neue Konto hat keine Gebühren"}),
        ("demand_account", {**FREE, "body.text": f"Please pay to {IBAN}."}, {**FREE, "body.text": "Please pay to DE89 3704 0044 0532 0130 01."}),
        ("demand_account", {**FREE, "body.text": "Pode pagar? Banco 260 Ag 0001 CC 123456-7"}, {**FREE, "body.text": "Pode pagar? Pedido 260, sala 0001"}),
        ("demand_account", {**FREE, "body.text": "Pay: routing number 021000021 account 123456789"}, {**FREE, "body.text": f"Our archive holds the string {IBAN}."}),
        ("demand_masked", {**author("bill@firm.example", "x@lamps.example"), "body.text": f"Pay {IBAN}"}, {**author("Bill", "x@lamps.example"), "body.text": f"Pay {IBAN}"}),
        ("demand_answered_elsewhere", {**OWN, "reply_to.address": ["j@gmail.com"], "body.text": f"Pay {IBAN}"}, {**OWN, "body.text": f"Pay {IBAN}"}),
        ("demand_masked", {**READER, **REFUSED, **author("J", "j@firm.example"), "reply_to.address": ["j@gmail.com"], "body.text": f"Pay {IBAN}"}, {**OWN, "reply_to.address": ["j@gmail.com"], "body.text": f"Pay {IBAN}"}),
        ("demand_free_mail", {**FREE, "body.text": "Scratch the gift cards, send the codes"}, {**READER, **author("J", "j@lamps.example"), "body.text": "Scratch the gift cards, send the codes"}),
        ("name_of_firm_free_mail", author("Roberto Alves (CEO)", "r.alves@gmail.com"), author("Roberto Alves (CEO)", "r.alves@firm.example")),
        ("name_of_firm_free_mail", author("Roberto", "roberto.diretoria@gmail.com"), author("Roberto", "roberto.dias@gmail.com")),
        ("author_holds_domain", author("", "x@bank.com.br.lamps.example"), author("", "x@mail.eu.lamps.example")),
    ],
)  # fmt: skip
def test_a_demand_and_its_harmless_neighbour(code, message, harmless):
    assert code in codes(message)
    assert code not in codes(harmless)


def test_a_free_mailbox_that_this_mailbox_knows_demands_nothing_as_a_stranger():
    message = {**FREE, "body.text": "Scratch the gift cards, send the codes", "date": datetime(2026, 9, 1, tzinfo=UTC)}
    earlier = [{**FREE, "message_id": f"k{n}@gmail.com", "date": datetime(2026, 5, 1 + n, tzinfo=UTC)} for n in range(3)]
    assert "demand_free_mail" in codes(message)
    assert "demand_free_mail" not in codes(message, before=earlier)


def test_a_password_is_asked_for_on_a_borrowed_page():
    def found(host, text):
        link = {"url.full": f"https://{host}/x/index.html", "url.domain": host, "text": "Open", "source": "html_anchor"}
        return codes({**author("Carlos", "carlos@lamps.example"), "body.html": True, "body.text": text}, links=[link])

    asked = "Entre com seu e-mail e senha."
    assert "demand_password" in found("storage.googleapis.com", asked)
    assert "demand_password" not in found("www.lamps.example", asked)
    assert "demand_password" not in found("storage.googleapis.com", "How a password is hashed, with email and text.")


def test_links_that_lead_home_excuse_no_borrowed_home():
    def found(name):
        link = {"url.full": "http://lamps.example/a", "url.domain": "lamps.example", "text": "here", "source": "html_anchor"}
        return codes({**author(name, "x@lamps.example"), **PASSED, "body.html": True}, links=[link])

    assert "links_lead_home" in found("Lamps")
    assert "links_lead_home" not in found("PayPal")


@pytest.mark.parametrize(
    "message",
    [
        {**FREE, **author("Roberto Alves (CEO)", "r.alves@gmail.com"), "body.text": "Preciso de uma transferência urgente, confidencial. Estou em reunião."},
        {**FREE, **author("Diretor Alves", "r.alves@outlook.com"), "body.text": "Compre cartões Google Play, raspe e mande as fotos. Não conte a ninguém."},
        {**FREE, "body.text": f"Ich habe die Bank gewechselt. Bitte mein Gehalt auf mein neues Konto {IBAN}."},
        {**author("bill@firm.example", "x@lamps.example"), "body.text": f"Bitte Zahlung auf {IBAN}."},
        {**READER, **REFUSED, **author("J", "j@firm.example"), "reply_to.address": ["j@gmail.com"], "body.text": f"Please pay {IBAN}"},
    ],
)  # fmt: skip
def test_two_signs_that_agree_make_a_moderate_finding(message):
    tables = mail_tables.of([{"message_id": "a@b.example", **PASSED, **message}])
    (finding,) = phishing.find(*tables, suffixes=SUFFIXES)
    assert finding.strength is not Strength.WEAK


@pytest.mark.parametrize(
    "message",
    [
        {**FREE, "body.text": "Segue a nota. Pode fazer a transferência até sexta? Banco 260 Ag 0001 CC 123456-7. Obrigada!"},
        {**FREE, **author("Vorstand TSV", "tsv@gmx.de"), "body.text": f"Bitte überweist den Beitrag auf {IBAN}."},
        {**READER, **author("Karin Hofer", "karin@lamps.example"), "body.text": f"Bitte überweisen Sie 480 Euro auf {IBAN}."},
        {**OWN, **author("Payroll", "payroll@home.example"), "body.text": "Direct deposit: update my details is now in the portal, new account holders too."},
        {**FREE, "body.text": "I am in a meeting and can't talk. Thank you for the gift card, a lovely surprise!"},
    ],
)  # fmt: skip
def test_ordinary_letters_about_money_are_left_alone(message):
    assert phishing.find(*mail_tables.of([{"message_id": "a@b.example", **PASSED, **message}]), suffixes=SUFFIXES) == ()


@pytest.mark.parametrize(
    ("host", "address"),
    [("198.51.100.9", "198.51.100.9"), ("3325256713", "198.51.100.9"), ("0xC6336409", "198.51.100.9"), ("[2001:db8::1]", "2001:db8::1"), ("10.0.0.1", None), ("99999999999", None), ("lamps.example", None)],
)  # fmt: skip
def test_an_address_that_a_link_leads_to_may_be_asked_about(host, address):
    message = {**author("PayPal", "x@lamps.example", **REFUSED), "body.html": True, "date": datetime(2026, 3, 1, 8, tzinfo=UTC)}
    link = {"url.full": f"http://{host}/a", "url.domain": host, "text": "here", "source": "html_anchor"}
    (finding,) = phishing.find(*mail_tables.of([message], links=[link]), suffixes=SUFFIXES)
    hosts = [one for one in finding.involved if one.role == "host of a link"]
    assert [one.selector.value for one in hosts] == ([address] if address else [])
    assert all((one.at, one.trace) == (message["date"], finding.traces[0]) for one in hosts)


def test_absent_results_are_not_held_against_a_message():
    found = codes(author("", "x@lamps.example"))
    assert not {code for code in found if code.startswith(("author_refused", "author_unconfirmed", "author_other"))}


def test_a_mailing_list_may_break_signatures_and_change_the_reply_address():
    message = author(
        "Rob", "rob@home.example",
        **{"list_id": "<dev.lists.example>", "spf.result": "pass", "dkim.result": "fail", "dmarc.result": "fail", "return_path.address": "dev-bounces@lists.example", "reply_to.address": ["dev@gmail.com"]},
    )  # fmt: skip
    assert "reply_free_mail" not in codes(message)


def _known(count=4):
    return [
        {**author("Jonas Petersen", "jonas@hansa-pumpen.example"), "message_id": f"k{n}@hansa-pumpen.example", "date": datetime(2026, 5, 1 + n, tzinfo=UTC)}
        for n in range(count)
    ]  # fmt: skip


def test_a_look_alike_of_a_correspondent_who_continues_a_thread():
    lure = {
        **author("Jonas Petersen", "jonas@hansa-purnpen.example"),
        "date": datetime(2026, 9, 1, tzinfo=UTC), "subject": "Re: Invoice", "body.text": "We have a new bank account.", "in_reply_to": "k2@hansa-pumpen.example",
    }  # fmt: skip
    found = codes(lure, before=_known())
    assert {"correspondent_homoglyph", "thread_taken_over", "wording_bank_details", "name_of_correspondent"} <= found


def test_the_older_and_busier_domain_is_not_the_look_alike():
    first = {**author("J", "jonas@hansa-pumpen.example"), "date": datetime(2026, 9, 1, tzinfo=UTC)}
    later = [{**author("E", "eva@hansa-purnpen.example"), "message_id": "e@x.example", "date": datetime(2026, 9, 2, tzinfo=UTC)}]
    assert not {code for code in codes(first, before=[*later, *_known()]) if code.startswith("correspondent_")}


def test_a_lure_that_a_reader_passed_on():
    text = "Look at this!\nFrom: Netflix <x@lamps.example>\nSent: Monday\nTo: me\nSubject: Your account has been suspended\n\nVerify your account within 24 hours."
    found = codes({**author("Me", "me@gmail.com"), "subject": "Fwd: Your account has been suspended", "body.text": text})
    assert {"passed_on", "name_borrows_brand", "wording_credentials"} <= found


def test_a_finding_names_what_may_be_asked_for():
    message = {
        **author("PayPal", "x@lamps.example", **REFUSED), "subject": "Verify your account", "body.text": "Verify your account within 24 hours",
        "body.html": True, "reply_to.address": ["y@gmail.com"], "date": datetime(2026, 3, 1, 8, tzinfo=UTC),
    }  # fmt: skip
    hop = {
        "position": 0, "from.ip": "198.51.100.7", "from.domain": "vps", "by.domain": "mx.home.example",
        "@timestamp": datetime(2026, 3, 1, 8, 1, tzinfo=UTC), "trace.offset": 17, "trace.length": 60,
    }  # fmt: skip
    link = {"url.full": "https://evil.example/a", "url.domain": "evil.example", "text": "here", "source": "html_anchor"}
    (finding,) = phishing.find(*mail_tables.of([message], [hop], [link]), suffixes=SUFFIXES)
    assert finding.strength is Strength.STRONG
    assert {(one.role, one.selector.value) for one in finding.involved} == {
        ("sender address", "x@lamps.example"),
        ("reply address", "y@gmail.com"),
        ("link target", "https://evil.example/a"),
        ("sending host", "198.51.100.7"),
    }
    assert finding.at == hop["@timestamp"]
    assert {trace.offset for trace in finding.traces} == {0, 17}
    assert "evil.example" not in finding.statement.replace("evil[.]example", "")
    assert all("198.51.100.7" not in reason.text for reason in finding.reasons)


def test_copies_of_a_message_are_one_finding_and_another_message_is_another():
    message = {
        **author("PayPal", "x@lamps.example", **REFUSED), "subject": "Verify your account", "body.text": "Verify your account within 24 hours",
        "date": datetime(2026, 3, 1, 8, tzinfo=UTC), "trace.exhibit": "1", "trace.offset": 0,
    }  # fmt: skip
    copy = {**message, "trace.exhibit": "2", "trace.offset": 90}
    later = {**message, "date": datetime(2026, 3, 1, 8, 0, 1, tzinfo=UTC), "trace.exhibit": "1", "trace.offset": 500}
    found = phishing.find(*mail_tables.of([message, copy, later], [], []), suffixes=SUFFIXES)
    assert [[(trace.exhibit, trace.offset) for trace in finding.traces] for finding in found] == [[("1", 0), ("2", 90)], [("1", 500)]]


def test_points_and_signs_name_each_other():
    assert all(-5 <= points <= 5 for points in phishing.POINTS.values())
    assert phishing.WEAK < phishing.MODERATE < phishing.STRONG
    assert max(phishing.POINTS.values()) <= 4.5
