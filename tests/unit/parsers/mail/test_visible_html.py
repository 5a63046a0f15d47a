import pytest

from comity.parsers.mail.hyperlink import MOST_LINKS, bare_links, host_of
from comity.parsers.mail.visible_html import read_html


@pytest.mark.parametrize(
    "hiding",
    [
        '<div style="display:none">secret</div>',
        '<span style="color:red; FONT-SIZE: 0px">secret</span>',
        '<span style="visibility: hidden !important">secret</span>',
        '<div style="max-height:0;overflow:hidden">secret</div>',
        '<td style="background-color:#fff"><font color="white">secret</font></td>',
        "<p hidden>secret</p>",
        '<div style="opacity:0"><p>deep <b>secret</b></p></div>',
    ],
)
def test_hidden_text_is_left_out_and_said(hiding):
    page = read_html(f"<p>before</p>{hiding}<p>after</p>")
    assert page.text == "before\nafter"
    assert page.defects == ("hidden text",)


def test_scripts_and_styles_are_no_hidden_text():
    page = read_html("<head><title>t</title><style>p{}</style></head><script>x</script><select><option>one</select><p>seen</p>")
    assert page.text == "seen"
    assert page.defects == ()


def test_links_of_every_kind_with_what_the_reader_sees():
    page = read_html(
        '<base href="https://base.example/x"><a href="http://evil.example/?a=1&amp;b=2"><b>bank.example</b> login</a>'
        '<a href="/rel"><img src="http://img.example/i.png" alt="Pay"></a><a href="javascript:go()">run</a><a name=n>no link</a>'
        '<map><area href="https://map.example/" alt="Map"></map>'
        '<form action="https://form.example/p"><input type=password><input type=submit value=Send></form><form action="q"><input type=hidden></form>'
        "<p>see www.bare.example/x. bye</p>"
    )
    assert [(link.target, link.domain, link.text, link.source) for link in page.links] == [
        ("http://evil.example/?a=1&b=2", "evil.example", "bank.example login", "html_anchor"),
        ("/rel", "base.example", "Pay", "html_anchor"),
        ("javascript:go()", None, "run", "html_anchor"),
        ("https://map.example/", "map.example", "Map", "html_image_map"),
        ("https://form.example/p", "form.example", "Send", "html_form"),
        ("q", "base.example", "", "html_form"),
        ("www.bare.example/x", "www.bare.example", "www.bare.example/x", "text"),
    ]
    assert (page.forms, page.remote_images) == (1, 1)


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("http://bank.example@evil.example/", "evil.example"),
        ("https:\\\\evil.example\\x", "evil.example"),
        ("HTTP://%65vil.example:8080/", "evil.example"),
        ("ht\ntp://evil.example./", "evil.example"),
        ("//evil.example/x", "evil.example"),
        ("http://[2001:db8::1]:80/", "2001:db8::1"),
        ("http://xn--e1afmkfd.example", "xn--e1afmkfd.example"),
        ("mailto:a@b.example", None),
        ("data:text/html,x", None),
        ("#top", None),
        ("http://", None),
        ("http://[", None),
    ],
)
def test_host_as_a_browser_understands_it(target, host):
    assert host_of(target) == host


def test_bare_links_end_before_punctuation():
    text = "go (http://a.example/x), or <https://b.example/y(z)>. hxxp://c.example! a@www.d.example"
    assert [link.target for link in bare_links(text)] == ["http://a.example/x", "https://b.example/y(z)", "hxxp://c.example"]


def test_depth_and_number_are_bounded():
    assert read_html("<div>" * 100_000 + "end").text == "end"
    assert len(read_html('<a href="http://a.example">x</a>' * 50_000).links) == MOST_LINKS + 1
    assert read_html("<b><i>one</b>two</i><p>three").text == "onetwo\nthree"
    assert read_html("").text == read_html("\x00").text == read_html("<!-- x -->").text == ""
