import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

from case_view_factory import case_view
from comity.exchange.report import render


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "link", "img", "hr", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)


VIEW = case_view()
TEXT = render(VIEW).decode()
PAGE = Page(TEXT)


def test_well_formed_and_the_same_again():
    assert not PAGE.unbalanced
    assert not PAGE.open
    assert render(case_view()) == TEXT.encode()


def test_the_page_loads_and_runs_nothing():
    assert not {tag for tag, _ in PAGE.tags} & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "video", "audio"}
    for tag, attributes in PAGE.tags:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        assert "src" not in attributes
        target = attributes.get("href")
        if target is not None:
            assert re.fullmatch(r"#[\w.-]+|requests/R-[0-9a-f]+\.(pdf|docx|json)", target), target
    style = re.search(r"<style>(.*?)</style>", TEXT, re.DOTALL)[1]
    policy = next(a["content"] for t, a in PAGE.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy
    assert "url(" not in style
    assert "@import" not in style


def test_every_link_inside_the_page_leads_somewhere_and_names_are_unique():
    names = [attributes["id"] for _, attributes in PAGE.tags if "id" in attributes]
    assert len(names) == len(set(names))
    targets = {attributes["href"][1:] for _, attributes in PAGE.tags if (attributes.get("href") or "").startswith("#")}
    assert targets <= set(names)
    described = {name for _, attributes in PAGE.tags for name in (attributes.get("aria-labelledby") or "").split()}
    assert described <= set(names)


def test_headings_do_not_skip_and_tables_are_labelled():
    levels = [int(tag[1]) for tag, _ in PAGE.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    tables = [position for position, (tag, _) in enumerate(PAGE.tags) if tag == "table"]
    assert all(PAGE.tags[position + 1][0] == "caption" for position in tables)
    assert all("scope" in attributes for tag, attributes in PAGE.tags if tag == "th")
    assert {"header", "main", "footer", "nav"} <= {tag for tag, _ in PAGE.tags}
    assert ("html", {"lang": "en"}) in PAGE.tags


def test_asking_comes_first_and_each_finding_shows_traces_method_and_command():
    sections = [attributes["id"] for tag, attributes in PAGE.tags if tag == "h2" and "id" in attributes]
    assert sections[0] == "ask"
    assert sections[-2:] == ["ledger", "verify"]
    for finding in VIEW.findings:
        article = TEXT[TEXT.index(f'<article id="{finding.identity}"') :].partition("</article>")[0]
        assert f"comity explain DIR {finding.identity}" in article
        assert f"Method {finding.method}, version {finding.method_version}" in article
        assert f"{finding.traces[0].offset:,} to {finding.traces[0].offset + finding.traces[0].length - 1:,}" in article
    assert "reference example-world of 2026-09-01" in TEXT


def test_only_a_ready_request_is_called_ready():
    article = TEXT[TEXT.index(f'<article id="{VIEW.requests[2].identity}"') :].partition("</article>")[0]
    assert "not to be signed" in article
    assert "badge ready" not in article


def test_long_tables_are_cut_and_say_so():
    many = render(case_view(exhibit_count=5000)).decode()
    assert many.count('<tr id="exhibit-') == 201  # 200 and the child
    assert "4,800 more of 5,000: see the manifest." in many
    assert "21,708 more of 21,748: see derived/timeline.parquet." in TEXT


def test_an_empty_case_is_still_a_report():
    bare = replace(
        VIEW, findings=(), requests=(), left_out=(), timeline=(), activity=(), payments=(), addresses=(), indicators=(), inferred=(), defects=(),
        defects_by_code={}, children=(), entries=(), authorizations=(), exhibits=(), records={},
    )  # fmt: skip
    page = Page(render(bare).decode())
    assert not page.unbalanced
    assert "That is not a statement that nothing happened." in render(bare).decode()


def test_a_trace_can_be_cut_out_with_the_command_shown(tmp_path):
    import subprocess  # noqa: PLC0415 - only this test runs a program

    exhibit = VIEW.exhibits[3]
    trace = VIEW.findings[0].traces[0]
    pack = tmp_path / exhibit.location.path
    pack.parent.mkdir(parents=True)
    content = bytes(range(256)) * 40
    pack.write_bytes(b"\0" * exhibit.location.offset + content)
    command = re.search(r"<code>(tail -c [^<]*)</code>", TEXT)[1]
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=True)
    assert done.stdout == content[trace.offset : trace.offset + trace.length]


def test_more_findings_than_fit_leave_no_dead_link():
    many = tuple(replace(VIEW.findings[0], traces=(replace(VIEW.findings[0].traces[0], offset=n),)) for n in range(250))
    text = render(replace(VIEW, findings=many)).decode()
    page = Page(text)
    names = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert {attributes["href"][1:] for _, attributes in page.tags if (attributes.get("href") or "").startswith("#")} <= names
    assert "50 more of 250: see derived/findings.json." in text
