"""What is shown of a message, and that nothing in it reaches out."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saasbackup_desktop.providers.formats.mime import describe
from saasbackup_desktop.providers.formats.preview import attachment, preview
from saasbackup_desktop.providers.formats.safe_html import DEEPEST, sanitise
from tests.corpora import Corpora
from tests.unit.providers.formats.test_mime import multipart

PIXEL = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]*", re.I)


class Reach(HTMLParser):
    """Reads HTML its own way and notes everything that could run or load something."""

    TAGS = frozenset(
        {
            *(
                "script",
                "style",
                "link",
                "meta",
                "base",
                "iframe",
                "frame",
                "object",
                "embed",
                "applet",
                "form",
                "input",
            ),
            *(
                "button",
                "select",
                "textarea",
                "svg",
                "math",
                "video",
                "audio",
                "source",
                "track",
                "template",
                "noscript",
            ),
            *("template", "noscript", "marquee", "portal", "body", "html", "head", "title"),
        }
    )
    LOADS = frozenset(
        {
            *("background", "srcset", "poster", "lowsrc", "dynsrc", "data", "action", "formaction", "ping", "cite"),
            *("longdesc", "manifest", "profile", "xlink:href", "archive", "classid", "codebase", "usemap", "code"),
        }
    )

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.TAGS:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            said = (value or "").strip()
            loads = name in self.LOADS or name.startswith("on")
            source = name == "src" and not _DATA.fullmatch(said)
            link = name == "href" and not re.match(r"(?:https?|mailto|tel):", said)
            style = name == "style" and re.search(r"url|expression|image|[\\@<]|/\*|binding|behavior", said)
            if loads or source or link or style:
                self.found.append(f"<{tag} {name}={said[:80]!r}>")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"<!--{data[:40]}-->")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"<!{decl[:40]}>")


HOSTILE = [
    '<img src="http://evil.example/a.png">',
    '<img src="//evil.example/a.png">',
    "<img src=/a.png>",
    '<img src=" \thttps://evil.example/a">',
    '<img src="ht\ntp://evil.example/a">',
    '<img src="file:///etc/passwd">',
    '<img src="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=">',
    '<img src="data:text/html,<script>alert(1)</script>">',
    '<img src=x srcset="http://evil.example/a 1x, http://evil.example/b 2x">',
    '<img lowsrc="http://evil.example/a" dynsrc="http://evil.example/b">',
    "<img src=x onerror=alert(1)>",
    "<image src=http://evil.example/a>",
    '<picture><source srcset="http://evil.example/a"><img src="http://evil.example/b"></picture>',
    '<table background="http://evil.example/a"><tr><td background="//evil.example/b">x</td></tr></table>',
    '<body background="http://evil.example/a">x</body>',
    '<p style="background:url(http://evil.example/a)">x</p>',
    "<p style=\"background-image: url('http://evil.example/a')\">x</p>",
    '<p style="background: u\\72l(http://evil.example/a)">x</p>',
    '<p style="background: u/**/rl(http://evil.example/a)">x</p>',
    '<p style="background:&#117;rl(http://evil.example/a)">x</p>',
    "<p style=\"background: image-set('http://evil.example/a' 1x)\">x</p>",
    '<p style="list-style: url(http://evil.example/a); content: url(//evil.example)">x</p>',
    '<p style="behavior: url(x.htc); -moz-binding: url(x)">x</p>',
    '<p style="width: expression(alert(1))">x</p>',
    '<p style="position:fixed;top:0;left:0;width:100%">over everything</p>',
    '<style>@import "http://evil.example/a.css"; p { background: url(http://evil.example/b) }</style>x',
    "<style>@import url(//evil.example/a.css)",
    '<link rel=stylesheet href="http://evil.example/a.css">',
    '<link rel="dns-prefetch" href="//evil.example">',
    '<meta http-equiv=refresh content="0;url=http://evil.example/">',
    '<base href="http://evil.example/"><img src="a.png"><a href="a">x</a>',
    '<iframe src="http://evil.example/"></iframe>',
    '<iframe srcdoc="<img src=http://evil.example/a>"></iframe>',
    '<frameset><frame src="http://evil.example/"></frameset>',
    '<object data="http://evil.example/a.swf"><param name=movie value="http://evil.example/a"></object>',
    '<embed src="http://evil.example/a">',
    '<video src="http://evil.example/a" poster="http://evil.example/b"></video>',
    '<audio src="http://evil.example/a"></audio>',
    '<svg><image xlink:href="http://evil.example/a"/><script>alert(1)</script></svg>',
    '<svg><style>@import "http://evil.example/a"</style></svg>',
    '<math><mtext><img src="http://evil.example/a"></mtext></math>',
    '<form action="http://evil.example/"><input type=image src="http://evil.example/a"><button formaction=x>b</button>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a><a href="file:///etc/passwd">y</a><a href="cid:x">z</a>',
    '<a href="https://fine.example" ping="http://evil.example/" onclick="x()">x</a>',
    "<script>fetch('http://evil.example')</script>",
    "<scr<script>ipt src=http://evil.example>",
    "<noscript><img src=http://evil.example/a></noscript>",
    "<template><img src=http://evil.example/a></template>",
    "<textarea></textarea><textarea><img src=http://evil.example/a>",
    '<title></title><title><img src="http://evil.example/a">',
    "<!--[if gte mso 9]><img src=http://evil.example/a><![endif]-->",
    "<!--><img src=http://evil.example/a>-->",
    "<![CDATA[<img src=http://evil.example/a>]]>",
    "<?xml:namespace prefix=o><o:p><v:imagedata src='http://evil.example/a'></v:imagedata></o:p>",
    '<blockquote cite="http://evil.example/"><q cite="http://evil.example/">x</q></blockquote>',
    '<img src="http://evil.example/a',
    '<img """><script src=http://evil.example></script>">',
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
]


@pytest.mark.parametrize("page", HOSTILE)
def test_nothing_reaches_out(page: str) -> None:
    safe = sanitise(page, {})
    assert Reach(safe.html).found == []
    assert "evil.example/" not in re.sub(r">[^<]*<", "><", f">{safe.html}<")


def test_what_was_blocked_is_counted() -> None:
    page = (
        '<img src="http://a.example/1"><img src="https://a.example/2"><table background="http://a.example/3">'
        '<p style="background: url(http://a.example/4)">x</p><link rel=stylesheet href="http://a.example/5">'
        "<style>@import 'http://a.example/6';</style>"
    )
    assert sanitise(page, {}).blocked == 6
    assert sanitise('<p style="color: red">x<a href="https://a.example">y</a>', {}).blocked == 0


def test_looks_survive() -> None:
    page = (
        '<table width="100%" cellpadding="4" bgcolor="#eee"><tr><td style="color:#333;padding:4px 8px">'
        '<a href="https://a.example/?a=1&amp;b=2">link</a> <font color="red">red</font></td></tr></table>'
    )
    safe = sanitise(page, {}).html
    for kept in ('width="100%"', "color:#333", "padding:4px 8px", 'href="https://a.example/?a=1&amp;b=2"', "red"):
        assert kept in safe
    assert "noreferrer" in safe


def test_pictures_of_the_message_are_shown_and_not_offered_as_files() -> None:
    message = multipart(
        "related",
        b'Content-Type: text/html\r\n\r\n<img src="cid:one%40x" alt=a><img src="cid:missing"><img src="CID:svg@x">',
        b"Content-Type: image/png\r\nContent-ID: <one@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n" + PIXEL,
        b"Content-Type: image/svg+xml\r\nContent-ID: <svg@x>\r\n\r\n<svg/>",
        b"Content-Type: image/png; name=other.png\r\nContent-ID: <two@x>\r\n\r\nxyz",
    )
    shown = preview(message)
    assert f"data:image/png;base64,{PIXEL.decode()}" in shown.html
    assert "svg" not in shown.html
    assert shown.blocked == 0
    assert [(one.index, one.name, one.media_type) for one in shown.attachments] == [
        (2, "", "image/svg+xml"),
        (3, "other.png", "image/png"),
    ]
    assert attachment(message, 3) == b"xyz"
    assert Reach(shown.html).found == []


def test_the_head_of_the_page() -> None:
    shown = preview(
        b"From: A <a@x>\nTo: b@x\nCc: =?utf-8?Q?=C3=89?= <c@x>\nDate: Tue, 5 Mar 2024 14:30:10 +0100\nSubject: S\n\n"
        b"1 < 2 & <b>not bold</b>\n"
    )
    assert (shown.sender, shown.recipients, shown.copies) == ("A <a@x>", "b@x", "É <c@x>")
    assert (shown.subject, shown.date) == ("S", "Tue, 5 Mar 2024 14:30:10 +0100")
    assert "1 &lt; 2 &amp; &lt;b&gt;not bold&lt;/b&gt;" in shown.html
    assert (shown.attachments, shown.problems) == ((), ())


def test_the_best_alternative_is_shown_and_the_other_not_offered() -> None:
    message = multipart("alternative", b"\r\nplain", b"Content-Type: text/html\r\n\r\n<b>rich</b>")
    assert (preview(message).html, preview(message).attachments) == ("<b>rich</b>", ())
    message = multipart("alternative", b"\r\nplain", b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR")
    assert "plain" in preview(message).html
    assert [one.media_type for one in preview(message).attachments] == ["text/calendar"]


def test_files_can_be_saved() -> None:
    file = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8="
    nested = b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nwords"
    message = multipart("mixed", b"\r\ntext", file, nested)
    files = preview(message).attachments
    assert [(one.name, one.size) for one in files] == [("a.pdf", 5), ("inner.eml", 23)]
    assert attachment(message, files[0].index) == b"hello"
    assert attachment(message, files[1].index) == b"Subject: inner\r\n\r\nwords"
    with pytest.raises(IndexError):
        attachment(message, 3)
    with pytest.raises(IndexError):
        attachment(message, -1)


def test_trouble_is_told() -> None:
    assert preview(multipart("mixed", b"\r\ntext")[:-12]).problems == ("malformed",)
    deep = sanitise("<div>" * (DEEPEST + 1) + "words" + "<img src=http://a.example/1>", {})
    assert (deep.problems, deep.html) == (["malformed"], '<div style="white-space: pre-wrap">words</div>')
    assert preview(b"\n" + b"a" * (2 << 20)).problems == ("truncated",)
    assert preview(b"Content-Type: text/html\n\n" + b"a" * (3 << 20)).problems == ("truncated",)


_PIECES = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([page.encode() for page in HOSTILE]),
    st.sampled_from([b"\r\n", b"\n\n", b"--edge", b"--", b"=?utf-8?B?", b"?=", b"=\n", b";", b'"', b"*0*=", b"<!--"]),
    st.sampled_from([b"Content-Type: text/html\n", b"Content-Type: multipart/mixed; boundary=edge\n", b"Subject: "]),
    st.sampled_from([b"Content-Transfer-Encoding: base64\n", b"Content-ID: <x>\n", b"Content-Type: message/rfc822\n"]),
)


@settings(deadline=None)
@given(pieces=st.lists(_PIECES, max_size=30))
def test_no_message_is_too_odd(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    said, shown = describe(data), preview(data)
    for value in (said.name, said.text, said.attachments, *said.facets.values(), shown.html, shown.subject):
        value.encode()
    assert Reach(shown.html).found == []
    for file in shown.attachments:
        assert len(attachment(data, file.index)) == file.size


def test_real_samples_reach_nowhere(corpora: Corpora) -> None:
    for sample in corpora.samples("mime"):
        if sample.path.is_file():
            shown = preview(sample.read())
            shown.html.encode()
            assert Reach(shown.html).found == [], sample.name
