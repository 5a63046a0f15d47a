"""Reading one mail message: header, addresses, hops, parts, visible text, links. Both mail parsers use it; it is none itself."""
