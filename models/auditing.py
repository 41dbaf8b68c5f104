"""Recomputing every balance from its ledger: plain SQL that shares nothing with the writers."""

CHECKS = {
    "在手与流水": """
        SELECT p.code, w.name AS warehouse, b.on_hand, coalesce(m.moved, 0) AS ledger
        FROM stock_balance b JOIN product p ON p.id = b.product_id JOIN warehouse w ON w.id = b.warehouse_id
        LEFT JOIN (SELECT product_id, warehouse_id, sum(quantity) AS moved FROM stock_move GROUP BY 1, 2) m
          ON m.product_id = b.product_id AND m.warehouse_id = b.warehouse_id
        WHERE b.on_hand <> coalesce(m.moved, 0)
        UNION ALL
        SELECT p.code, w.name, 0, sum(m.quantity) FROM stock_move m
        JOIN product p ON p.id = m.product_id JOIN warehouse w ON w.id = m.warehouse_id
        WHERE NOT EXISTS (SELECT FROM stock_balance b
          WHERE b.product_id = m.product_id AND b.warehouse_id = m.warehouse_id)
        GROUP BY p.code, w.name HAVING sum(m.quantity) <> 0
    """,
    "预留与占用": """
        SELECT p.code, w.name AS warehouse, b.reserved, coalesce(r.held, 0) AS ledger
        FROM stock_balance b JOIN product p ON p.id = b.product_id JOIN warehouse w ON w.id = b.warehouse_id
        LEFT JOIN (SELECT product_id, warehouse_id, sum(quantity - consumed) AS held FROM reservation
          WHERE state IN ('active', 'partially_consumed') GROUP BY 1, 2) r
          ON r.product_id = b.product_id AND r.warehouse_id = b.warehouse_id
        WHERE b.reserved <> coalesce(r.held, 0)
    """,
    "订单金额与明细": """
        SELECT o.number, o.total, coalesce(sum(l.amount), 0) AS ledger
        FROM sales_order o LEFT JOIN sales_order_line l ON l.order_id = o.id
        GROUP BY o.id HAVING o.total <> coalesce(sum(l.amount), 0)
    """,
    "已发数量与发货单": """
        SELECT o.number, l.position, l.delivered, coalesce(sum(d.quantity), 0) AS ledger
        FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
        LEFT JOIN delivery_line d ON d.order_line_id = l.id
        GROUP BY o.number, l.id HAVING l.delivered <> coalesce(sum(d.quantity), 0)
    """,
    "发货状态与数量": """
        SELECT o.number, o.delivery_state, sum(l.delivered) AS delivered, sum(l.quantity) AS ordered
        FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id GROUP BY o.id
        HAVING o.delivery_state <> CASE WHEN sum(l.delivered) = 0 THEN 'pending'
          WHEN sum(l.quantity - l.delivered) = 0 THEN 'delivered' ELSE 'partial' END
    """,
    "库存金额与流水": """
        SELECT p.code, s.quantity, s.value, coalesce(m.quantity, 0) AS moved, coalesce(m.value, 0) AS ledger
        FROM stock_worth s JOIN product p ON p.id = s.product_id
        LEFT JOIN (SELECT product_id, sum(quantity) AS quantity, sum(value) AS value FROM stock_move GROUP BY 1) m
          ON m.product_id = s.product_id
        WHERE s.quantity <> coalesce(m.quantity, 0) OR s.value <> coalesce(m.value, 0)
        UNION ALL
        SELECT p.code, 0, 0, sum(m.quantity), sum(m.value) FROM stock_move m JOIN product p ON p.id = m.product_id
        WHERE NOT EXISTS (SELECT FROM stock_worth s WHERE s.product_id = m.product_id) GROUP BY p.code
    """,
    "库存商品科目与库存金额": """
        SELECT '1405' AS account, booked.amount, worth.amount AS ledger FROM
          (SELECT coalesce(sum(l.amount), 0) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id
            WHERE a.code = '1405') booked,
          (SELECT coalesce(sum(value), 0) AS amount FROM stock_worth) worth
        WHERE booked.amount <> worth.amount
    """,
    "凭证借贷相等": """
        SELECT e.document, sum(l.amount) AS difference FROM journal_entry e
        LEFT JOIN journal_line l ON l.entry_id = e.id GROUP BY e.id HAVING coalesce(sum(l.amount), 1) <> 0
    """,
    "应收科目与发票": """
        SELECT c.number, coalesce(b.amount, 0) AS booked, coalesce(i.amount, 0) AS ledger FROM customer c
        LEFT JOIN (SELECT l.customer_id, sum(l.amount) AS amount FROM journal_line l
          JOIN account a ON a.id = l.account_id WHERE a.code = '1122' GROUP BY 1) b ON b.customer_id = c.id
        LEFT JOIN (SELECT customer_id, sum(total - paid) AS amount FROM invoice GROUP BY 1) i ON i.customer_id = c.id
        WHERE coalesce(b.amount, 0) <> coalesce(i.amount, 0)
    """,
    "预收科目与收款": """
        SELECT c.number, coalesce(b.amount, 0) AS booked, coalesce(p.amount, 0) AS ledger FROM customer c
        LEFT JOIN (SELECT l.customer_id, -sum(l.amount) AS amount FROM journal_line l
          JOIN account a ON a.id = l.account_id WHERE a.code = '2203' GROUP BY 1) b ON b.customer_id = c.id
        LEFT JOIN (SELECT customer_id, sum(amount - allocated - refunded) AS amount FROM payment
          WHERE state <> 'cancelled' GROUP BY 1) p ON p.customer_id = c.id
        WHERE coalesce(b.amount, 0) <> coalesce(p.amount, 0)
    """,
    "发票已收与核销": """
        SELECT i.number, i.paid, coalesce(sum(a.amount), 0) AS ledger FROM invoice i
        LEFT JOIN allocation a ON a.invoice_id = i.id WHERE i.state <> 'reversed'
        GROUP BY i.id HAVING i.paid <> coalesce(sum(a.amount), 0)
    """,
    "收款与核销": """
        SELECT p.number, p.allocated, coalesce(sum(a.amount), 0) AS ledger FROM payment p
        LEFT JOIN allocation a ON a.payment_id = p.id GROUP BY p.id HAVING p.allocated <> coalesce(sum(a.amount), 0)
    """,
    "已开票数量与发票": """
        SELECT o.number, l.position, l.invoiced, coalesce(sum(v.quantity), 0) AS ledger
        FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
        LEFT JOIN invoice_line v ON v.order_line_id = l.id
        GROUP BY o.number, l.id HAVING l.invoiced <> coalesce(sum(v.quantity), 0)
    """,
    "订单已开票与发票": """
        SELECT o.number, o.invoiced, coalesce(sum(i.total), 0) AS ledger FROM sales_order o
        LEFT JOIN invoice i ON i.order_id = o.id GROUP BY o.id HAVING o.invoiced <> coalesce(sum(i.total), 0)
    """,
    "工序数量与报工": """
        SELECT w.number, o.name, o.good, coalesce(sum(r.good), 0) AS reported_good,
          o.scrap, coalesce(sum(r.scrap), 0) AS reported_scrap
        FROM operation o JOIN work_order w ON w.id = o.work_order_id LEFT JOIN job_report r ON r.operation_id = o.id
        GROUP BY w.number, o.id
        HAVING o.good <> coalesce(sum(r.good), 0) OR o.scrap <> coalesce(sum(r.scrap), 0)
    """,
    "审批与决定": """
        SELECT number, state FROM approval
        WHERE (state IN ('approved', 'rejected')) <> (decided_by_id IS NOT NULL)
    """,
    "占用与订单": """
        SELECT r.document AS number, o.state, sum(r.quantity - r.consumed) AS held
        FROM reservation r LEFT JOIN sales_order o ON o.number = r.document
        WHERE r.state IN ('active', 'partially_consumed')
          AND (o.id IS NULL OR o.state IN ('draft', 'cancelled', 'closed', 'done'))
        GROUP BY r.document, o.state
    """,
    "应付科目与供应商发票": """
        SELECT s.number, coalesce(b.amount, 0) AS booked, coalesce(i.amount, 0) AS ledger FROM supplier s
        LEFT JOIN (SELECT l.supplier_id, -sum(l.amount) AS amount FROM journal_line l
          JOIN account a ON a.id = l.account_id WHERE a.code = '2202' GROUP BY 1) b ON b.supplier_id = s.id
        LEFT JOIN (SELECT supplier_id, sum(total - paid) AS amount FROM supplier_invoice
          WHERE state <> 'reversed' GROUP BY 1) i ON i.supplier_id = s.id
        WHERE coalesce(b.amount, 0) <> coalesce(i.amount, 0)
    """,
    "预付科目与付款": """
        SELECT s.number, coalesce(b.amount, 0) AS booked, coalesce(p.amount, 0) AS ledger FROM supplier s
        LEFT JOIN (SELECT l.supplier_id, sum(l.amount) AS amount FROM journal_line l
          JOIN account a ON a.id = l.account_id WHERE a.code = '1123' GROUP BY 1) b ON b.supplier_id = s.id
        LEFT JOIN (SELECT supplier_id, sum(amount - allocated) AS amount FROM payment_out
          WHERE state = 'paid' GROUP BY 1) p ON p.supplier_id = s.id
        WHERE coalesce(b.amount, 0) <> coalesce(p.amount, 0)
    """,
    "供应商发票已付与核销": """
        SELECT i.number, i.paid, coalesce(sum(a.amount), 0) AS ledger FROM supplier_invoice i
        LEFT JOIN payable_allocation a ON a.invoice_id = i.id GROUP BY i.id HAVING i.paid <> coalesce(sum(a.amount), 0)
    """,
    "付款与核销": """
        SELECT p.number, p.allocated, coalesce(sum(a.amount), 0) AS ledger FROM payment_out p
        LEFT JOIN payable_allocation a ON a.payment_id = p.id GROUP BY p.id HAVING p.allocated <> coalesce(sum(a.amount), 0)
    """,
    "采购已开票与供应商发票": """
        SELECT o.number, l.id, l.invoiced, coalesce(v.quantity, 0) AS ledger FROM purchase_order_line l
        JOIN purchase_order o ON o.id = l.order_id
        LEFT JOIN (SELECT v.order_line_id, sum(v.quantity) AS quantity FROM supplier_invoice_line v
          JOIN supplier_invoice i ON i.id = v.invoice_id WHERE i.state <> 'reversed' GROUP BY 1) v ON v.order_line_id = l.id
        WHERE l.invoiced <> coalesce(v.quantity, 0) OR l.invoiced > l.received
    """,
}
"""Each finds the rows that differ; none found is right."""
