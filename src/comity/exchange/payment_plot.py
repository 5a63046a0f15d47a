"""The payment flow: accounts in columns in the direction of the money, payments as numbered lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from comity.exchange.case_view import PaymentEdge
from comity.exchange.visible_text import prose
from comity.terms.errors import MaterialError
from comity.terms.money import Money

_MOST = 30
_MOST_AMOUNTS = 12
_WIDTH, _BOX, _ROW, _LAST_COLUMN = 960, 212, 70, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedPayment:
    """A payment drawn, its number in the plot, its amount in words, and the names the accounts have anywhere."""

    number: int
    payment: PaymentEdge
    amount: str
    source_name: str
    target_name: str


def numbered(payments: Sequence[PaymentEdge]) -> tuple[NumberedPayment, ...]:
    """Return the payments to draw, by time: those a finding names, then the largest, at most 30 in all."""
    ranked = sorted(payments, key=lambda p: (not p.findings, -p.amount_minor, p.source, p.target, "" if p.at is None else p.at.isoformat()))
    chosen = sorted(ranked[:_MOST], key=lambda p: ("9" if p.at is None else p.at.isoformat(), p.source, p.target, p.amount_minor))
    names = {payment.source: payment.source_name for payment in reversed(chosen) if payment.source_name}
    names.update({payment.target: payment.target_name for payment in reversed(chosen) if payment.target_name})
    return tuple(
        NumberedPayment(
            number=number, payment=payment, amount=amount(payment),
            source_name=names.get(payment.source, ""), target_name=names.get(payment.target, ""),
        )
        for number, payment in enumerate(chosen, 1)
    )  # fmt: skip


def amount(payment: PaymentEdge) -> str:
    """Return the amount as `EUR 1,234.50`; in minor units and saying so when the currency is not of ISO 4217."""
    try:
        return str(Money(minor=payment.amount_minor, currency=payment.currency))
    except MaterialError:
        return f"{payment.amount_minor:,} minor units of {payment.currency}"


def payment_flow(payments: Sequence[NumberedPayment]) -> Markup:
    """Return the plot of `payments`; "" without any. A payment that leads back is drawn below its accounts."""
    if not payments:
        return Markup()
    columns = _columns([(p.payment.source, p.payment.target) for p in payments])
    per_column: dict[int, int] = {}
    places: dict[str, tuple[float, float]] = {}
    span = (_WIDTH - _BOX - 8) / max(1, *columns.values())
    for account, column in columns.items():
        row = per_column.get(column, 0)
        per_column[column] = row + 1
        places[account] = (4 + column * span, 12 + row * _ROW)
    height = 12 + _ROW * max(per_column.values()) + 26
    names = {p.payment.source: p.source_name for p in payments} | {p.payment.target: p.target_name for p in payments}
    named = {account for p in payments if p.payment.findings for account in (p.payment.source, p.payment.target)}
    lines = [_line(p, places, height=height, amounts=len(payments) <= _MOST_AMOUNTS) for p in payments]
    boxes = [_account(account, names.get(account, ""), place, flagged=account in named) for account, place in places.items()]
    description = f"{len(payments)} payments between {len(places)} accounts; the numbers are those of the table below."
    return Markup(
        '<svg class="plot" role="img" aria-labelledby="plot-payments-title plot-payments-description" viewBox="0 0 {} {:.0f}" '
        'xmlns="http://www.w3.org/2000/svg"><title id="plot-payments-title">Payment flow</title>'
        '<desc id="plot-payments-description">{}</desc>{}{}</svg>'
    ).format(_WIDTH, height, description, Markup().join(lines), Markup().join(boxes))


def _columns(edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the column of each account: payers that nobody pays at the left, each payee right of its first payer."""
    payees = {target for source, target in edges if source != target}
    columns = {source: 0 for source, _ in edges if source not in payees}
    if not columns:
        columns[edges[0][0]] = 0
    waiting = list(edges)
    while waiting:
        reached = [(source, target) for source, target in waiting if source in columns]
        if not reached:  # an island that is a ring: begin anywhere
            columns[waiting[0][0]] = 0
            continue
        for source, target in reached:
            columns.setdefault(target, min(columns[source] + 1, _LAST_COLUMN))
        waiting = [edge for edge in waiting if edge[0] not in columns or edge[1] not in columns]
    return columns


def _line(numbered_payment: NumberedPayment, places: dict[str, tuple[float, float]], *, height: float, amounts: bool) -> Markup:
    payment = numbered_payment.payment
    (x1, y1), (x2, y2) = places[payment.source], places[payment.target]
    nudge = (numbered_payment.number * 5) % 14 - 7
    if x2 > x1:
        start, end, bend = x1 + _BOX, x2, (x1 + _BOX + x2) / 2
        path = f"M{start:.1f} {y1 + 22:.1f} C{bend:.1f} {y1 + 22 + nudge:.1f} {bend:.1f} {y2 + 22 + nudge:.1f} {end:.1f} {y2 + 22:.1f}"
        at = ((start + end) / 2, (y1 + y2) / 2 + 22 + nudge)
    else:
        low = height - 10
        start, end = x1 + _BOX / 2, x2 + _BOX / 2
        path = f"M{start:.1f} {y1 + 44:.1f} C{start:.1f} {low:.1f} {end:.1f} {low:.1f} {end:.1f} {y2 + 44:.1f}"
        at = ((start + end) / 2, (max(y1, y2) + 44) * 0.25 + low * 0.75)
    written = Markup('<text class="amount" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
        at[0], at[1] - 15, numbered_payment.amount
    )
    return Markup(
        '<g class="payment {}"><title>{}: {}</title><path d="{}"/><circle cx="{:.1f}" cy="{:.1f}" r="10"/>'
        '<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>{}</g>'
    ).format(
        "flagged" if payment.findings else "plain", numbered_payment.number, numbered_payment.amount, path, *at,
        at[0], at[1] + 4, numbered_payment.number, written if amounts else "",
    )  # fmt: skip


def _account(account: str, name: str, place: tuple[float, float], *, flagged: bool) -> Markup:
    x, y = place
    shown = prose(account, limit=None)
    grouped = " ".join(shown[start : start + 4] for start in range(0, len(shown), 4)) if shown.isalnum() else shown
    head, below = (prose(name, limit=None), grouped) if name else (grouped[:20], grouped[20:])  # four groups fit the bold line
    return Markup(
        '<g class="box {}"><title>{} {}</title><rect x="{:.1f}" y="{:.1f}" width="{}" height="44" rx="4"/>'
        '<text class="label" x="{:.1f}" y="{:.1f}">{}</text><text class="tick" x="{:.1f}" y="{:.1f}">{}</text></g>'
    ).format(
        "flagged" if flagged else "plain", shown, prose(name, limit=200), x, y, _BOX,
        x + 9, y + 18, _cut(head, 22), x + 9, y + 35, _cut(below, 28),
    )  # fmt: skip


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"
