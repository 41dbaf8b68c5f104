"""Everything that can be imported, by name."""

from handlers.importing.engine import Kind
from handlers.importing.opening import INVOICES, STOCK
from handlers.importing.parties import CUSTOMERS, SUPPLIERS
from handlers.importing.prices import PRICES
from handlers.importing.products import PRODUCTS

KINDS: dict[str, Kind] = {kind.name: kind for kind in (PRODUCTS, CUSTOMERS, PRICES, SUPPLIERS, STOCK, INVOICES)}
"""In the order in which a new company needs them."""
