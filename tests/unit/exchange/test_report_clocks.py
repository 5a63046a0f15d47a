"""A device's clock in the report: said, linked to its ledger entry, hostile words made harmless; nothing where none was compared."""

from dataclasses import replace
from datetime import UTC, datetime

from case_view_factory import case_view
from comity.exchange import report
from comity.exchange.case_view import ClockRow

TRUE = datetime(2026, 11, 20, 13, tzinfo=UTC)


def test_compared_clocks_are_said_and_change_nothing():
    plain = case_view()
    row = ClockRow(
        entry=4,
        device="recorder <script>alert(1)</script>",
        exhibits="3-9,12",
        shown=TRUE.replace(minute=5, second=32),
        true=TRUE,
        ahead="5 min 32 s ahead",
        how="beside a GPS clock\u202e",
    )
    page = report.render(replace(plain, clocks=(row,))).decode()
    without = report.render(plain).decode()
    assert "Clocks of devices" not in without
    for words in ("Clocks of devices", "5 min 32 s ahead", "3-9,12", 'href="#entry-4"', "No time in this report was changed"):
        assert words in page
    assert "<script>alert" not in page
    assert "\u202e" not in page
    begin = page.index('<h3 id="clocks">')
    end = page.index("</table></div>", begin) + len("</table></div>\n")
    assert (page[:begin] + page[end:]).replace("\n\n", "\n") == without.replace("\n\n", "\n")
