"""Tables that a company brings along: products, parties, prices, opening stock and open invoices."""
