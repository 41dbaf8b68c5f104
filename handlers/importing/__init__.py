"""Tables that a company brings along: products, parties, opening stock and open invoices."""
