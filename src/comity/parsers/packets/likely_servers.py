"""Ports that servers have, by IP protocol: they tell who began a conversation whose beginning is missing.

Source: `likely_server_ports` of Zeek 7's base scripts.
"""

LIKELY_SERVERS = {
    6: frozenset({
        21, 22, 25, 53, 80, 81, 88, 110, 135, 139, 143, 389, 443, 445, 502, 563, 585, 587, 614, 631, 636, 989, 990, 992, 993, 995, 1080,
        1434, 1883, 2811, 3128, 3268, 3306, 3389, 5222, 5223, 5269, 5432, 6379, 6666, 6667, 6668, 6669, 8000, 8080, 8888, 20000,
    }),
    17: frozenset({
        53, 67, 88, 123, 137, 161, 162, 389, 443, 514, 1812, 2123, 2152, 3389, 3544, 4789, 5060, 5072, 5353, 5355, 6081, 20000,
    }),
}  # fmt: skip
