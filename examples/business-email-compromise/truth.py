"""What is planted in the material, and what only looks like it: the answers a finding is compared with."""

# ruff: noqa: E501 - texts, log lines and tables of facts are kept whole

from collections.abc import Callable

import story
from ground import Place

from mail import Mail

_Json = dict[str, object]
_Of = Callable[[str], list[_Json]]


def ground_truth(places: dict[str, dict[str, list[Place]]], mails: list[Mail]) -> _Json:
    """Return the planted facts and the harmless look-alikes, each with its place in the material."""

    def of(label: str) -> list[_Json]:
        return [place.as_json() for by_label in places.values() for place in by_label.get(label, [])]

    return {
        "about": "What generate.py planted. Places are bytes in the files of material/; in a .gz file, bytes of its content.",
        "seed": story.SEED,
        "requesting_state": "BR",
        "messages": _messages(mails, of),
        "intrusion": _intrusion(of),
        "payments": _payments(of),
        "requests": _requests(),
        "selectors": _selectors(),
        "damaged": of("damaged"),
        "not_understood": ["server/erp-cache.dat"],
    }


def _messages(mails: list[Mail], of: _Of) -> _Json:
    why = {
        "lure_credential": "link text names the firm's webmail, the target is a bare address; SPF softfail, DMARC fail; threat of suspension",
        "lure_spoofed": "the supplier's real domain in From, Reply-To and envelope in the look-alike domain; DMARC fail; grafted on a real thread",
        "lure_details": "look-alike domain (rn for m), which passes its own SPF, DKIM and DMARC; changed bank details",
        "lure_pressed": "look-alike domain, urgency, secrecy",
        "lure_second": "look-alike domain, second false invoice",
    }
    harmless = {
        "newsletter": "reply address in another domain, but List-Id, List-Unsubscribe and passed authentication",
        "announced_change": "a real change of account, announced six weeks before, to be confirmed by telephone",
        "private_address": "a colleague's private address with a name known here, asking for nothing",
        "password_reset": "the firm's own system, link in its own domain",
        "discovery": "the real supplier asks where its money is",
        "clerk_answer": "the victim's own answers to the look-alike address",
    }

    def named(labels: dict[str, str]) -> list[_Json]:
        return [
            {
                "message_id": mail.identity,
                "label": mail.label,
                "from": mail.sender.address,
                "why": labels[mail.label],
                "places": of(mail.label),
            }
            for mail in sorted(mails, key=lambda m: (m.sent, m.identity))
            if mail.label in labels
        ]

    return {"total": len(mails), "kind": "phishing.message", "lures": named(why), "harmless": named(harmless)}


def _intrusion(of: _Of) -> _Json:
    return {
        "password_guessing": {
            "source": story.INTRUDER_SSH,
            "user": story.GUESSED_USER,
            "port": story.GUESSED_PORT,
            "succeeded_at": f"{story.GUESSED:%Y-%m-%dT%H:%M:%SZ}",
            "failures": of("guessing"),
            "success": of("guessed"),
        },
        "after_login": {"root_commands": of("sudo"), "account_added": of("account_added")},
        "exploitation": {
            "source": story.INTRUDER_WEB,
            "answered_200": of("exploited"),
            "refused": of("tried"),
            "uploaded": of("uploaded"),
            "web_shell_used": of("web_shell"),
            "reconnaissance": of("reconnaissance"),
        },
        "webmail_read_with_stolen_password": of("webmail_intruder"),
        "harmless": {
            "mistyped_password": of("mistyped"),
            "ordered_audit": of("audit"),
            "why": "two failures and then the right password from the office; an audit announced in its user agent, every probe refused",
        },
    }


def _payments(of: _Of) -> _Json:
    return {
        "changed_beneficiary": {
            "account": story.MULE_ACCOUNT.iban,
            "name": "Hansa Pumpen GmbH",
            "earlier_account": story.SUPPLIER_ACCOUNT.iban,
            "payments": of("fraudulent"),
        },
        "pass_through": [
            {"account": story.MULE_ACCOUNT.iban, "credit": of("pass_through_credit"), "debits": of("pass_through_debit")},
            {"account": story.MULE_ACCOUNT.iban, "credit": of("arrival"), "debits": [*of("onward"), *of("splitting")[:4]]},
        ],
        "splitting": {
            "account": story.MULE_ACCOUNT.iban,
            "threshold_minor": story.REPORTING_THRESHOLD,
            "currency": "EUR",
            "payments": of("splitting"),
        },
        "harmless": {
            "announced_change": of("announced_change"),
            "rent": of("rent"),
            "wages": of("wages"),
            "own_account": of("own_account"),
        },
    }


def _requests() -> list[_Json]:
    return [
        {
            "state": "DE",
            "custodian": "Rheinhost Example GmbH",
            "selectors": [story.INTRUDER_SSH, story.INTRUDER_WEB, story.LOOKALIKE_MAIL, story.LURE_SITE],
        },
        {"state": "DE", "custodian": "Beispielbank Frankfurt Example AG", "selectors": [story.ONWARD_ACCOUNT.iban]},
        {"state": "LT", "custodian": "AB Pavyzdzio bankas", "selectors": [story.MULE_ACCOUNT.iban]},
    ]


def _selectors() -> _Json:
    return {
        "ipv4": [story.INTRUDER_SSH, story.INTRUDER_WEB, story.LOOKALIKE_MAIL, story.LURE_SITE],
        "domain": [story.LOOKALIKE_DOMAIN, "webmail-atualiza.example"],
        "iban": [story.MULE_ACCOUNT.iban, story.ONWARD_ACCOUNT.iban],
    }
