"""What attempts at exploitation look like in a request, by class. Facts about attacks, each with its name.

Every expression is matched against text of at most MOST_TEXT characters, decoded and in lower case; none nests repetition.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

MOST_TEXT = 4096
MOST_ROUNDS = 4
"""Layers of percent-encoding undone: two are common in attacks, more only hide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A class of attempts.

    `telling` is true when a successful answer can be told from others by its size, because the server then sends something
    else than its page; false when success shows elsewhere (a call out, a stored change). `code` is stable, `words` are for a person.
    """

    code: str
    words: str
    pattern: re.Pattern[str]
    telling: bool = True


_SENSITIVE = r"(?:etc/(?:passwd|shadow|hosts|group)\b|proc/self/|windows/(?:win\.ini|system32[/\\])|boot\.ini|\bwin\.ini|web-inf/web\.xml)"

TARGET = (
    Attack(
        code="path_traversal",
        words="reading files outside the site (path traversal)",
        pattern=re.compile(
            rf"\.\.[/\\].{{0,400}}{_SENSITIVE}|(?:\.\.[/\\]){{4}}|(?:=|=file:|^)[/\\]{{0,3}}(?:[a-z]:[/\\])?{_SENSITIVE}|\.\.[/\\].{{0,200}}bin/(?:ba)?sh\b"
        ),
    ),
    Attack(
        code="sql_injection",
        words="commands to the database (SQL injection)",
        pattern=re.compile(
            r"\bunion[\s(/*+!\d]{1,20}(?:all[\s(/*+]{1,20}|distinct[\s(/*+]{1,20})?select[\s(/*+]{1,20}(?:null|\d|char\(|concat|@@|['\"]|[\w.`]{1,40}\s{0,5}(?:,|--|/\*|#|from\b))|information_schema\.|\bxp_cmdshell\b"
            r"|\b(?:sleep|pg_sleep|benchmark)\(\s{0,5}\d|\bwaitfor\s{1,5}delay\b|\b(?:extractvalue|updatexml)\("
            r"|['\"]\s{0,5}\)?\s{0,5}(?:or|and)\s{1,5}['\"(]{0,3}(\w{1,20})['\")]{0,3}\s{0,5}(?:=|like)\s{0,5}['\"(]{0,3}\1\b"
            r"|[=\d]\s{1,5}(?:or|and)\s{1,5}(\d{1,9})\s{0,5}=\s{0,5}\2\b|;\s{0,5}(?:drop|alter|truncate)\s{1,5}table\b|\bselect\b.{1,200}\bfrom\s{1,5}(?:mysql|pg_catalog|sqlite_master|dual)\b"
        ),
    ),
    Attack(
        code="command_injection",
        words="commands to the system (command injection)",
        pattern=re.compile(
            r"(?:[;|`\n]|&&|\$\()\s{0,5}(?:(?:/usr)?/bin/)?(?:(?:cat|wget|curl|bash|sh|nc|ping|powershell|cmd\.exe|python\d?|perl|chmod|rm|echo)"
            r"\s{1,5}[\w./\\$-]|(?:id|whoami|uname|ifconfig|ipconfig|netstat)(?:\s{0,5}-\w{1,5})?\s{0,5}(?:[;|`&)#]|$))|\$\{ifs\}"
        ),
    ),
    Attack(
        code="php_options",
        words="options to the PHP interpreter (CVE-2012-1823, CVE-2024-4577)",
        pattern=re.compile(
            r"\?[^=]{0,20}[-\u00ad\ufffd]d[\s+]{1,5}(?:allow_url_include|auto_prepend_file|safe_mode|disable_functions)|auto_prepend_file[\s=]{1,5}php:"
        ),
    ),
    Attack(
        code="code_injection",
        words="program code to be run by the site",
        pattern=re.compile(
            r"php://(?:filter|input)|data:(?:text/plain|//text/plain)[;,]|expect://|<\?(?:php|=)|phpunit/.{0,60}/eval-stdin\.php"
            r"|invokefunction.{0,40}call_user_func|\b(?:base64_decode|shell_exec|passthru|system|assert|eval)\(\s{0,5}(?:\$_|['\"]|base64_decode|chr\()"
            r"|#(?:_memberaccess|context\[)|\bt\(java\.lang\.runtime\)|class\.module\.classloader"
        ),
    ),
    Attack(
        code="secret_file",
        words="files that hold secrets (.env, .git, keys, saved configuration)",
        pattern=re.compile(
            r"^[^?]{0,300}/(?:\.env(?:\.\w{1,12})?|\.git/(?:config|head|index)|\.aws/credentials|\.ssh/(?:id_[a-z0-9]{2,8}|authorized_keys)|\.htpasswd"
            r"|wp-config\.php(?:\.bak|\.old|\.save|\.txt|~)|\.svn/entries|id_rsa)(?:\?|$)"
        ),
    ),
    Attack(
        code="web_shell",
        words="a web shell (a page that runs its visitor's commands)",
        pattern=re.compile(
            r"/(?:c99|r57|b374k|wso\d{0,3}|alfashell|webshell|weevely|indoxploit|antsword|p0wny(?:-shell)?)\.(?:php\d?|phtml|asp|aspx|jsp|jspx|cgi)(?:\?|$)"
            r"|\.(?:php\d?|phtml|asp|aspx|jsp|jspx|cgi)\?(?:.{0,100}&)?(?:cmd|exec|command|shell)=\s{0,5}(?:/bin/)?(?:(?:id|whoami|pwd|uname|net\s{1,3}user|ifconfig|ipconfig)(?:\s|&|;|$)|(?:ls|cat|wget|curl|dir|ps|nc)\s)"
            r"|\.(?:php\d?|phtml|asp|aspx|jsp|jspx|cgi)\?(?:.{0,100}&)?(?:c|0|x|pass)=\s{0,5}(?:whoami|uname|cat\s{1,5}/|ls\s{1,5}[-/]|ifconfig|ipconfig|net\s{1,3}user)"
        ),
    ),
    Attack(
        code="web_shell_name",
        words="a page with a name that web shells and ordinary programs bear",
        pattern=re.compile(r"/(?:shell\d{0,3}|cmd|cmdasp|alfa|mini|adminer-shell)\.(?:php\d?|phtml|asp|aspx|jsp|jspx)(?:\?|$)"),
        telling=False,
    ),
    Attack(
        code="jndi_lookup",
        words="a lookup that makes Java load code (Log4Shell, CVE-2021-44228)",
        pattern=re.compile(r"\$\{\s{0,3}jndi\s{0,3}:"),
        telling=False,
    ),
    Attack(
        code="shellshock",
        words="a function definition for the shell (Shellshock, CVE-2014-6271)",
        pattern=re.compile(r"\(\)\s{0,5}\{\s{0,5}[^{}]{0,40};?\s{0,5}\}\s{0,5};"),
        telling=False,
    ),
)
"""Looked for in the request target."""

HEADERS = tuple(attack for attack in TARGET if attack.code in {"jndi_lookup", "shellshock"})
"""Looked for in Referer and User-Agent, which no page address belongs in."""

UPLOAD_FOLDER = (
    r"/(?:uploads?|images?|img|files?|media|tmp|temp|cache|userfiles|attachments|anexos|adjuntos|arquivos|archivos|fichiers|dateien)/"
)
"""A folder where a site keeps what people upload, in a path in lower case."""

UPLOADED_SCRIPT = re.compile(
    r"^(?!.{0,1000}/(?:plugins|themes|modules|components|vendor|wp-includes|wp-content/cache)/)"
    rf".{{0,1500}}{UPLOAD_FOLDER}"
    r"(?:[^?/]{1,80}/){0,6}[^?/]{1,80}\.(?:php\d?|phtml|phar|asp|aspx|ashx|jsp|jspx|cgi)(?=\?|$|/)"
)
"""A script where a site keeps what people upload: such a place should hold no programs. Extensions of a site bring their own."""

SCANNERS = re.compile(
    r"\b(?:nikto|sqlmap|nmap scripting engine|masscan|zgrab|nuclei|wpscan|dirbuster|gobuster|feroxbuster|ffuf|"
    r"acunetix|nessus|openvas|w3af|havij|zmeu|jorgee|morfeus|"
    r"arachni|whatweb|netsparker|joomscan|fimap|wfuzz|commix|hydra)\b"
)
"""Programs that look for weaknesses, by the name they give in User-Agent: context only, anybody may write anything there."""


def decoded(text: str) -> str:
    """Return `text` in lower case with percent-encoding undone as often as it is there, at most MOST_ROUNDS times.

    Invalid UTF-8 stays visible as U+FFFD; overlong forms of the dot and the slash become them, as old servers read them;
    %u002e forms too; "+" becomes a space after the question mark. At most MOST_TEXT characters are looked at.
    """
    text = text[:MOST_TEXT]
    for _ in range(MOST_ROUNDS):
        if "%" not in text:
            break
        raw = unquote_to_bytes(_UNICODE.sub(lambda found: f"%{found[1]}", text))
        plain = _OVERLONG.sub(lambda found: _OVERLONG_FORMS[found[0]], raw).decode("utf-8", errors="replace")
        if plain == text:
            break
        text = plain
    path, question, query = text.lower().partition("?")
    return path + question + query.replace("+", " ")


_OVERLONG_FORMS = {b"\xc0\xae": b".", b"\xc0\xaf": b"/", b"\xc1\x9c": b"\\", b"\xe0\x80\xae": b".", b"\xe0\x80\xaf": b"/"}
_OVERLONG = re.compile(b"|".join(re.escape(form) for form in _OVERLONG_FORMS))
_UNICODE = re.compile(r"%u00([0-9a-fA-F]{2})")

HIDDEN_DOTS = re.compile(r"(?:%(?:25){0,3}2e|\.)(?:%(?:25){0,3}2e|\.)(?:%(?:25){0,3}(?:2f|5c)|/|\\)", re.IGNORECASE)
"""Two dots and a slash as written, encoded or not: a browser never sends them encoded."""

CANDIDATE = (
    "%", "..", "union", "select", "sleep(", "benchmark(", "' or", "etc/", "proc/self", "win.ini", "${", "$(", ";", "|", "`", "&&",
    "php:", "data:", "expect:", "<?", "eval", "system(", "invokefunction", "memberaccess", "classloader", ".env", ".git/",
    ".aws/", ".ssh/", "htpasswd", "wp-config.php", ".svn/", "id_rsa", "cmd", "exec", "command", "shell", "c99", "r57", "b374k",
    "wso", "alfa", "weevely", "indoxploit", "antsword", "mini.", "()", ".php?c=", "pass=", "?0=", "=/", "information_schema",
    " or ", " and ", "+or+", "+and+", "waitfor", "extractvalue", "updatexml", "?-d",
)  # fmt: skip
"""One of these is in every target that can match, before decoding: most targets have none and are looked at no further."""


def attacks_in(target: str) -> tuple[Attack, ...]:
    """Return the classes of attempts that the request target `target` (as written) shows."""
    plain = decoded(target)
    texts = (plain, _unfolded(plain))
    found = [attack for attack in TARGET if any(attack.pattern.search(text) for text in texts)]
    encoded = "%" in target and "../" in plain.replace("\\", "/") and _encoded_dots(target)
    if encoded and all(attack.code != "path_traversal" for attack in found):
        found.append(TARGET[0])
    return tuple(found)


def attacks_in_header(text: str) -> tuple[Attack, ...]:
    """Return the classes of attempts that a Referer or User-Agent header shows."""
    plain = decoded(text)
    texts = (plain, _unfolded(plain))
    return tuple(attack for attack in HEADERS if any(attack.pattern.search(text) for text in texts))


def _encoded_dots(target: str) -> bool:
    return any("%" in found[0] for found in HIDDEN_DOTS.finditer(target[:MOST_TEXT]))


def _unfolded(text: str) -> str:
    """Return `text` with Log4j's inner lookups resolved to their letters: ${lower:j} and ${::-j} are j. Bounded rounds."""
    for _ in range(MOST_ROUNDS):
        resolved = _LOOKUP.sub(lambda found: found[1], text) if "${" in text else text
        if resolved == text:
            break
        text = resolved
    return text


_LOOKUP = re.compile(r"\$\{(?!\s{0,3}jndi)[^{}$]{0,40}[:-]([^{}:$]{0,4})\}")
