"""The open interface: what other systems may read, as JSON. blueprints/api.py serves it; tokens are survey/tokens.py's.

`resources` has what there is and its filters, `parameters` reads an address, `records` finds and writes records, `figures` the totals,
`document` describes all of it (OpenAPI). It holds what an export holds for the same account, and never more.
"""
