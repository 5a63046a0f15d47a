"""Addresses that single out a host on the public network, and those that do not."""

import ipaddress

# Reserved for examples (RFC 5737, RFC 3849). Never routed, but they stand for public addresses in exercises and reports,
# so they are not passed over as private ones are.
_EXAMPLES = tuple(map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))


def public_address(text: str | None) -> str | None:
    """Return the address `text` writes when it can single out a host on the public network; None when not an address or not one.

    None for private, loopback, link-local, shared (carrier-grade NAT), multicast and reserved addresses. Addresses
    reserved for examples are returned. Source: IANA special-purpose address registries (RFC 6890).
    """
    try:
        address = ipaddress.ip_address(text or "")
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id is not None:
        return None
    example = any(address.version == network.version and address in network for network in _EXAMPLES)
    return str(address) if example or (address.is_global and not address.is_multicast) else None
