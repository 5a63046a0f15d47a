"""The web server of the firm's ERP and webmail: ordinary use, the noise of the internet, one break-in."""

# ruff: noqa: E501 - texts, log lines and tables of facts are kept whole

import math
import random
from datetime import datetime, timedelta

import story
from ground import Piece

_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
)
_PAGES = (
    ("/erp/", 4210), ("/erp/pedidos.php", 18233), ("/erp/pedidos.php?pagina=2", 18110), ("/erp/estoque.php", 25310), ("/erp/css/erp.css", 8120),
    ("/erp/js/erp.js", 30417), ("/erp/relatorio.php?arquivo=vendas-2026.csv", 9120), ("/erp/relatorio.php?arquivo=estoque.csv", 11870),
    ("/webmail/", 5120), ("/webmail/?_task=mail&_mbox=INBOX", 22980), ("/webmail/skins/elastic/styles.css", 40210), ("/favicon.ico", 1150),
)  # fmt: skip
_PROBES = (
    "/wp-login.php", "/.env", "/phpmyadmin/index.php", "/.git/config", "/cgi-bin/luci", "/xmlrpc.php", "/actuator/health", "/owa/auth.owa",
    "/boaform/admin/formLogin", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/robots.txt", "/server-status",
)  # fmt: skip
_CRAWLER = "Mozilla/5.0 (compatible; IndexBot/2.1; +https://indexbot.example/bot)"
_SCANNER = "Mozilla/5.0 (compatible; dirfind/3.4)"
_AUDITOR = "AuditoriaExemplo/1.2 (contrato 88/2026; auditoria@pericia.example)"


def line(address: str, when: datetime, request: str, status: int, size: int, *, agent: str, user: str = "-", referrer: str = "-") -> bytes:
    """Return one line in the combined log format; the server's clock runs in UTC."""
    return f'{address} - {user} [{when:%d/%b/%Y:%H:%M:%S} +0000] "{request}" {status} {size} "{referrer}" "{agent}"\n'.encode()


def ordinary(rng: random.Random, first: datetime, last: datetime, count: int) -> list[tuple[datetime, Piece]]:
    """Return `count` lines of staff at work, crawlers and probes that are refused."""
    days = [first + timedelta(days=day) for day in range((last - first).days)]
    lines = []
    for _ in range(count):
        day = rng.choice(days)
        kind = rng.random()
        if kind < 0.86 and day.weekday() < 5:
            when = day + timedelta(seconds=int(11 * 3600 + min(math.fabs(rng.gauss(4.5, 2.2)), 11.5) * 3600) + rng.randrange(60))
            path, size = rng.choice(_PAGES)
            address = rng.choice([person.machine for person in story.STAFF] + [f"203.0.113.{130 + rng.randrange(40)}"])
            status, size = (304, 0) if rng.random() < 0.1 else (200, size + rng.randrange(-40, 40))
            data = line(
                address, when, f"GET {path} HTTP/1.1", status, size, agent=_BROWSERS[hash_of(address) % 3], referrer=_referrer(path)
            )
        elif kind < 0.95:
            when = day + timedelta(seconds=rng.randrange(86400))
            path = rng.choice(("/", "/robots.txt", "/sobre.html", "/contato.html"))
            data = line(f"192.0.2.{140 + rng.randrange(8)}", when, f"GET {path} HTTP/1.1", 200, 2210 + rng.randrange(90), agent=_CRAWLER)
        else:
            when = day + timedelta(seconds=rng.randrange(86400))
            probe = rng.choice(_PROBES)
            data = line(f"192.0.2.{160 + rng.randrange(90)}", when, f"GET {probe} HTTP/1.1", 404, 196, agent="-")
        lines.append((when, Piece(data=data)))
    return lines


def hash_of(text: str) -> int:
    """Return a small number that stays the same for `text` in every run."""
    return sum(text.encode())


def _referrer(path: str) -> str:
    return f"https://erp.{story.VICTIM_DOMAIN}/erp/" if path.startswith("/erp/") and path != "/erp/" else "-"


def audit(rng: random.Random) -> list[tuple[datetime, Piece]]:
    """Return the yearly security audit the firm had ordered: many probes, all refused, and the auditor says who it is."""
    when, lines = story.at("2026-08-11T13:00:00"), []
    for _ in range(240):
        when += timedelta(seconds=rng.randrange(1, 4))
        probe = rng.choice((*_PROBES, "/erp/relatorio.php?arquivo=../../../../etc/passwd", "/erp/login.php?u=%27%20OR%201=1--"))
        status, size = (403, 210) if "erp" in probe else (404, 196)
        lines.append((when, Piece(data=line("203.0.113.60", when, f"GET {probe} HTTP/1.1", status, size, agent=_AUDITOR), label="audit")))
    return lines


def break_in(rng: random.Random) -> list[tuple[datetime, Piece]]:
    """Return the intruder's requests: a search for paths, tries that fail, one that is answered, the file left behind in use."""
    when, lines = story.RECONNAISSANCE, []
    for number in range(320):
        when += timedelta(seconds=rng.randrange(1, 6))
        path = f"/{rng.choice(('erp', 'admin', 'old', 'backup', 'test'))}/{rng.choice(('index', 'login', 'config', 'db', 'upload'))}{number}.php"
        lines.append(
            (when, Piece(data=line(story.INTRUDER_WEB, when, f"GET {path} HTTP/1.1", 404, 196, agent=_SCANNER), label="reconnaissance"))
        )
    when = story.EXPLOITED - timedelta(minutes=6)
    for target, status, size in (
        ("/erp/relatorio.php?arquivo=..%2f..%2fetc%2fpasswd", 500, 512),
        ("/erp/relatorio.php?arquivo=....//....//....//etc/passwd", 404, 196),
        ("/erp/relatorio.php?arquivo=%252e%252e%252fetc%252fpasswd", 404, 196),
    ):
        when += timedelta(seconds=47)
        lines.append(
            (when, Piece(data=line(story.INTRUDER_WEB, when, f"GET {target} HTTP/1.1", status, size, agent=_SCANNER), label="tried"))
        )
    steps = (
        (0, "GET /erp/relatorio.php?arquivo=..%2f..%2f..%2f..%2fetc%2fpasswd HTTP/1.1", 200, 1843, "exploited"),
        (31, "GET /erp/relatorio.php?arquivo=..%2f..%2f..%2f..%2fvar%2fwww%2ferp%2fconfig.php HTTP/1.1", 200, 911, "exploited"),
        (244, "POST /erp/anexos/upload.php HTTP/1.1", 200, 64, "uploaded"),
        (258, "GET /erp/anexos/2026/thumb.php?c=id HTTP/1.1", 200, 54, "web_shell"),
        (271, "GET /erp/anexos/2026/thumb.php?c=uname%20-a HTTP/1.1", 200, 121, "web_shell"),
        (302, "GET /erp/anexos/2026/thumb.php?c=cat%20%2fetc%2fpasswd%20%7c%20grep%20sh HTTP/1.1", 200, 402, "web_shell"),
        (411, "GET /erp/anexos/2026/thumb.php?c=ls%20-la%20%2fvar%2fmail HTTP/1.1", 200, 388, "web_shell"),
    )
    for seconds, request, status, size, label in steps:
        when = story.EXPLOITED + timedelta(seconds=seconds)
        lines.append((when, Piece(data=line(story.INTRUDER_WEB, when, request, status, size, agent="curl/8.9.1"), label=label)))
    return lines


def webmail(rng: random.Random) -> list[tuple[datetime, Piece]]:
    """Return the offenders reading the clerk's webmail with her password, on the days they write to her."""
    lines = []
    for day in ("2026-08-26T05:11:20", "2026-09-08T09:02:44", "2026-09-09T07:50:03", "2026-09-14T11:40:19", "2026-09-30T20:14:36"):
        when = story.at(day)
        for request, size in (
            ("POST /webmail/?_task=login HTTP/1.1", 0), ("GET /webmail/?_task=mail&_mbox=INBOX HTTP/1.1", 23110),
            ("GET /webmail/?_task=mail&_search=invoice+hansa HTTP/1.1", 15402), ("GET /webmail/?_task=settings&_action=plugin.managesieve HTTP/1.1", 7320),
        ):  # fmt: skip
            when += timedelta(seconds=rng.randrange(3, 40))
            status = 302 if request.startswith("POST") else 200
            data = line(story.INTRUDER_WEB, when, request, status, size, agent=_BROWSERS[1], user="marina.duarte")
            lines.append((when, Piece(data=data, label="webmail_intruder")))
    return lines


def damaged() -> list[tuple[datetime, Piece]]:
    """Return two lines the disk spoilt."""
    return [
        (
            story.at("2026-09-18T03:04:05"),
            Piece(data=b"203.0.113.34 - - [18/Sep/2026:03:04:0\x00\x00\x00\x00\x00\x00\x00\x00\n", label="damaged"),
        ),
        (
            story.at("2026-09-21T10:00:00"),
            Piece(data=b'"Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"\n', label="damaged"),
        ),
    ]


def in_time(lines: list[tuple[datetime, Piece]], first: datetime, last: datetime) -> list[Piece]:
    """Return the pieces written in [first, last) in the order of their time."""
    return [piece for when, piece in sorted(lines, key=lambda pair: (pair[0], pair[1].data)) if first <= when < last]
