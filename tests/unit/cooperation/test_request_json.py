"""Requests and routings survive their JSON form; anything else is refused with its place."""

import json
from copy import deepcopy

import pytest

from comity.cooperation.request_json import decode_request, decode_routing, encode
from comity.law.provision import Need
from comity.law.route import route
from comity.terms.canonical import canonical
from comity.terms.errors import MaterialError
from cooperation_factory import CORPUS, MULE, ON, finding, involved, prepared

FOUND = prepared(finding(involved(port=4)), finding(involved(MULE, "beneficiary account"), kind="payment.changed_beneficiary"))


def through_bytes(value):
    return json.loads(canonical(encode(value)))


@pytest.mark.parametrize("request_", FOUND.requests, ids=lambda each: each.requested_state)
def test_a_request_survives(request_):
    assert decode_request(through_bytes(request_)) == request_


@pytest.mark.parametrize("need", Need)
@pytest.mark.parametrize("state", ["DE", "US", "IN", "BR", "XX"])
def test_a_routing_survives(need, state):
    routing = route("BR", state, need=need, on=ON, corpus=CORPUS)
    assert decode_routing(through_bytes(routing)) == routing


DELETE = object()


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("identity",), 7, "request.identity"),
        (("identity",), DELETE, "request"),
        (("colour",), "red", "colour"),
        (("on",), "2026-13-01", "request.on"),
        (("standing",), "perfect", "request.standing"),
        (("items",), {}, "request.items"),
        (("items", 0, "port"), True, "request.items[0].port"),
        (("items", 0, "port"), 1.5, "request.items[0].port"),
        (("items", 0, "at"), "2026-01-01T00:00:00", "request.items[0].at"),
        (("items", 0, "period", "end"), "1999-01-01T00:00:00Z", "request.items[0].period"),
        (("items", 0, "selector", "kind"), "phone", "request.items[0].selector.kind"),
        (("preservation_days",), "60", "request.preservation_days"),
    ],
)
def test_a_changed_form_is_refused_with_its_place(path, value, place):
    data = deepcopy(through_bytes(FOUND.requests[0]))
    target = data
    for step in path[:-1]:
        target = target[step]
    if value is DELETE:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    with pytest.raises(MaterialError) as caught:
        decode_request(data)
    assert place in caught.value.what


@pytest.mark.parametrize("data", [None, [], "x", 1, {}, [{}]])
def test_what_is_no_request_is_refused(data):
    with pytest.raises(MaterialError):
        decode_request(data)
