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
    "库位批次与流水": """
        SELECT p.code, w.name AS warehouse, b.location, b.lot, b.on_hand, coalesce(m.moved, 0) AS ledger
        FROM stock_bin b JOIN product p ON p.id = b.product_id JOIN warehouse w ON w.id = b.warehouse_id
        LEFT JOIN (SELECT product_id, warehouse_id, location, lot, sum(quantity) AS moved FROM stock_move GROUP BY 1, 2, 3, 4) m
          ON m.product_id = b.product_id AND m.warehouse_id = b.warehouse_id AND m.location = b.location AND m.lot = b.lot
        WHERE b.on_hand <> coalesce(m.moved, 0)
        UNION ALL
        SELECT p.code, w.name, m.location, m.lot, 0, sum(m.quantity) FROM stock_move m
        JOIN product p ON p.id = m.product_id JOIN warehouse w ON w.id = m.warehouse_id
        WHERE NOT EXISTS (SELECT FROM stock_bin b WHERE b.product_id = m.product_id AND b.warehouse_id = m.warehouse_id
          AND b.location = m.location AND b.lot = m.lot)
        GROUP BY p.code, w.name, m.location, m.lot HAVING sum(m.quantity) <> 0
    """,
    "在手与库位批次": """
        SELECT p.code, w.name AS warehouse, b.on_hand, coalesce(s.lies, 0) AS bins
        FROM stock_balance b JOIN product p ON p.id = b.product_id JOIN warehouse w ON w.id = b.warehouse_id
        LEFT JOIN (SELECT product_id, warehouse_id, sum(on_hand) AS lies FROM stock_bin GROUP BY 1, 2) s
          ON s.product_id = b.product_id AND s.warehouse_id = b.warehouse_id
        WHERE b.on_hand <> coalesce(s.lies, 0)
    """,
    "库位所在仓库": """
        SELECT p.code, b.location, w.name AS warehouse FROM stock_bin b JOIN product p ON p.id = b.product_id
        JOIN warehouse w ON w.id = b.warehouse_id LEFT JOIN location l ON l.code = b.location
        WHERE b.on_hand > 0 AND b.location <> '' AND w.name <> '在途' AND (l.id IS NULL OR l.warehouse_id <> b.warehouse_id)
    """,
    "低库存标记": """
        SELECT p.code, p.low, p.min_stock, sum(coalesce(b.on_hand - b.reserved, 0)) AS free FROM product p
        LEFT JOIN stock_balance b ON b.product_id = p.id WHERE p.min_stock IS NOT NULL
        GROUP BY p.id HAVING p.low <> (sum(coalesce(b.on_hand - b.reserved, 0)) < p.min_stock)
    """,
    "采购已收与入库单": """
        SELECT o.number, p.code, l.received, coalesce(g.quantity, 0) - coalesce(b.quantity, 0) AS ledger FROM purchase_order_line l
        JOIN purchase_order o ON o.id = l.order_id JOIN product p ON p.id = l.product_id
        LEFT JOIN (SELECT r.order_line_id, sum(r.quantity) AS quantity FROM goods_receipt_line r
          JOIN goods_receipt g ON g.id = r.receipt_id WHERE g.state = 'done' GROUP BY 1) g ON g.order_line_id = l.id
        LEFT JOIN (SELECT r.order_line_id, sum(r.quantity) AS quantity FROM supplier_return_line r
          JOIN supplier_return s ON s.id = r.supplier_return_id WHERE s.state = 'done' GROUP BY 1) b ON b.order_line_id = l.id
        WHERE l.received <> coalesce(g.quantity, 0) - coalesce(b.quantity, 0)
    """,
    "采购状态与已收": """
        SELECT o.number, o.state, sum(l.received) AS received, sum(l.quantity) AS ordered
        FROM purchase_order o JOIN purchase_order_line l ON l.order_id = o.id
        WHERE o.state IN ('confirmed', 'partially_received', 'received') GROUP BY o.id
        HAVING o.state <> CASE WHEN sum(l.quantity - l.received) = 0 THEN 'received'
          WHEN sum(l.received) = 0 THEN 'confirmed' ELSE 'partially_received' END
    """,
    "入库单与流水": """
        SELECT d.number, d.code, d.quantity, coalesce(m.quantity, 0) AS ledger FROM (
          SELECT g.number, p.code, p.id, sum(CASE WHEN g.state = 'done' THEN l.quantity ELSE 0 END) AS quantity
          FROM goods_receipt g JOIN goods_receipt_line l ON l.receipt_id = g.id JOIN product p ON p.id = l.product_id
          GROUP BY g.id, p.id) d
        LEFT JOIN (SELECT document, product_id, sum(quantity) AS quantity FROM stock_move GROUP BY 1, 2) m
          ON m.document = d.number AND m.product_id = d.id
        WHERE d.quantity <> coalesce(m.quantity, 0)
    """,
    "退供应商单与流水": """
        SELECT d.number, d.state, d.code, d.quantity, coalesce(m.quantity, 0) AS ledger FROM (
          SELECT s.number, s.state, p.code, p.id, -sum(CASE WHEN s.state = 'done' THEN l.quantity ELSE 0 END) AS quantity
          FROM supplier_return s JOIN supplier_return_line l ON l.supplier_return_id = s.id
          JOIN product p ON p.id = l.product_id GROUP BY s.id, p.id) d
        LEFT JOIN (SELECT document, product_id, sum(quantity) AS quantity FROM stock_move GROUP BY 1, 2) m
          ON m.document = d.number AND m.product_id = d.id
        WHERE d.quantity <> coalesce(m.quantity, 0)
    """,
    "库存调整与流水": """
        SELECT d.number, d.state, d.code, d.quantity, coalesce(m.quantity, 0) AS ledger FROM (
          SELECT a.number, a.state, p.code, p.id, sum(CASE WHEN a.state = 'done' THEN l.quantity ELSE 0 END) AS quantity
          FROM stock_adjustment a JOIN stock_adjustment_line l ON l.adjustment_id = a.id
          JOIN product p ON p.id = l.product_id GROUP BY a.id, p.id) d
        LEFT JOIN (SELECT document, product_id, sum(quantity) AS quantity FROM stock_move GROUP BY 1, 2) m
          ON m.document = d.number AND m.product_id = d.id
        WHERE d.quantity <> coalesce(m.quantity, 0)
    """,
    "盘点差异与流水": """
        SELECT s.number, s.state, p.code, s.difference, coalesce(m.quantity, 0) AS ledger FROM (
          SELECT t.id, t.number, t.state, l.product_id, sum(CASE WHEN t.state = 'done' THEN l.counted - l.booked ELSE 0 END) AS difference
          FROM stocktake t JOIN (SELECT DISTINCT ON (stocktake_id, product_id, location, lot) * FROM stocktake_line
            WHERE NOT withdrawn ORDER BY stocktake_id, product_id, location, lot, id DESC) l ON l.stocktake_id = t.id
          GROUP BY t.id, l.product_id) s JOIN product p ON p.id = s.product_id
        LEFT JOIN (SELECT document, product_id, sum(quantity) AS quantity FROM stock_move GROUP BY 1, 2) m
          ON m.document = s.number AND m.product_id = s.product_id
        WHERE s.difference <> coalesce(m.quantity, 0)
    """,
    "在途与调拨单": """
        SELECT p.code, coalesce(b.on_hand, 0) AS on_hand, coalesce(t.quantity, 0) AS ledger FROM product p
        LEFT JOIN (SELECT b.product_id, sum(b.on_hand) AS on_hand FROM stock_balance b
          JOIN warehouse w ON w.id = b.warehouse_id WHERE w.name = '在途' GROUP BY 1) b ON b.product_id = p.id
        LEFT JOIN (SELECT l.product_id, sum(l.quantity) AS quantity FROM stock_transfer_line l
          JOIN stock_transfer t ON t.id = l.transfer_id WHERE t.state = 'in_transit' GROUP BY 1) t ON t.product_id = p.id
        WHERE coalesce(b.on_hand, 0) <> coalesce(t.quantity, 0)
    """,
    "预留单与占用": """
        SELECT h.number, h.state, h.quantity, coalesce(r.held, 0) AS ledger FROM stock_hold h
        LEFT JOIN (SELECT document, sum(quantity - consumed) AS held FROM reservation
          WHERE state IN ('active', 'partially_consumed') GROUP BY 1) r ON r.document = h.number
        WHERE CASE WHEN h.state = 'active' THEN h.quantity ELSE 0 END <> coalesce(r.held, 0)
    """,
    "工单领料与流水": """
        SELECT w.number, p.code, i.issued, coalesce(m.quantity, 0) AS ledger FROM work_order_material i
        JOIN work_order w ON w.id = i.work_order_id JOIN product p ON p.id = i.component_id
        LEFT JOIN (SELECT d.work_order_id, v.product_id, -sum(v.quantity) AS quantity FROM (
            SELECT w.id AS work_order_id, a.number FROM stock_adjustment a JOIN work_order w ON w.number = a.about
            UNION SELECT o.work_order_id, j.number FROM job_report j JOIN operation o ON o.id = j.operation_id) d
          JOIN stock_move v ON v.document = d.number JOIN work_order w ON w.id = d.work_order_id
          WHERE v.product_id <> w.product_id GROUP BY 1, 2) m ON m.work_order_id = w.id AND m.product_id = p.id
        WHERE i.issued <> coalesce(m.quantity, 0)
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
        SELECT o.number, l.position, l.delivered, coalesce(d.quantity, 0) - coalesce(r.quantity, 0) AS ledger
        FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
        LEFT JOIN (SELECT order_line_id, sum(quantity) AS quantity FROM delivery_line v
          JOIN delivery n ON n.id = v.delivery_id WHERE n.state <> 'cancelled' GROUP BY 1) d ON d.order_line_id = l.id
        LEFT JOIN (SELECT order_line_id, sum(received) AS quantity FROM sales_return_line GROUP BY 1) r
          ON r.order_line_id = l.id
        WHERE l.delivered <> coalesce(d.quantity, 0) - coalesce(r.quantity, 0)
    """,
    "发货单与流水": """
        SELECT d.number, d.state, d.code, d.quantity, coalesce(m.quantity, 0) AS ledger FROM (
          SELECT n.number, n.state, p.code, p.id, -sum(CASE WHEN n.state = 'cancelled' THEN 0 ELSE v.quantity END) AS quantity
          FROM delivery n JOIN delivery_line v ON v.delivery_id = n.id JOIN sales_order_line l ON l.id = v.order_line_id
          JOIN product p ON p.id = l.product_id GROUP BY n.id, p.id) d
        LEFT JOIN (SELECT document, product_id, sum(quantity) AS quantity FROM stock_move GROUP BY 1, 2) m
          ON m.document = d.number AND m.product_id = d.id
        WHERE d.quantity <> coalesce(m.quantity, 0)
    """,
    "发货单状态与签收": """
        SELECT number, state, delivered_at FROM delivery WHERE (state = 'delivered') <> (delivered_at IS NOT NULL)
    """,
    "退货数量与退货单": """
        SELECT o.number, l.position, l.returned, coalesce(sum(r.received), 0) AS ledger
        FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
        LEFT JOIN sales_return_line r ON r.order_line_id = l.id
        GROUP BY o.number, l.id HAVING l.returned <> coalesce(sum(r.received), 0)
    """,
    "退货单与入库流水": """
        SELECT r.number, coalesce(l.quantity, 0) AS received, coalesce(m.quantity, 0) AS ledger FROM sales_return r
        LEFT JOIN (SELECT sales_return_id, sum(received) AS quantity FROM sales_return_line GROUP BY 1) l
          ON l.sales_return_id = r.id
        LEFT JOIN (SELECT document, sum(quantity) AS quantity FROM stock_move GROUP BY 1) m ON m.document = r.number
        WHERE coalesce(l.quantity, 0) <> coalesce(m.quantity, 0)
    """,
    "订单明细金额与单价": """
        SELECT o.number, l.position, l.amount, l.tax, round(l.quantity * l.price, 2) AS ledger
        FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id
        WHERE l.amount <> round(l.quantity * l.price, 2) + CASE WHEN l.tax_included THEN 0 ELSE l.tax END
          OR l.tax <> CASE WHEN l.tax_included THEN l.amount - round(l.amount / (1 + l.tax_rate), 2)
            ELSE round(round(l.quantity * l.price, 2) * l.tax_rate, 2) END
          OR l.price <> round(l.base_price * l.discount, 6)
    """,
    "订单版本与变更记录": """
        SELECT o.number, o.revision, count(r.id) + 1 AS ledger FROM sales_order o
        LEFT JOIN order_revision r ON r.order_id = o.id GROUP BY o.id HAVING o.revision <> count(r.id) + 1
    """,
    "报价金额与明细": """
        SELECT q.number, q.total, coalesce(sum(l.amount), 0) AS ledger FROM quotation q
        LEFT JOIN quotation_line l ON l.quotation_id = q.id AND l.version = q.version
        GROUP BY q.id HAVING q.total <> coalesce(sum(l.amount), 0)
    """,
    "报价与订单": """
        SELECT q.number, q.state, count(o.id) AS orders FROM quotation q LEFT JOIN sales_order o ON o.quotation_id = q.id
        GROUP BY q.id HAVING (q.state = 'ordered') <> (count(o.id) = 1)
    """,
    "发货状态与数量": """
        SELECT o.number, o.delivery_state, sum(l.delivered) AS delivered, sum(l.quantity) AS ordered
        FROM sales_order o JOIN sales_order_line l ON l.order_id = o.id GROUP BY o.id
        HAVING o.delivery_state <> CASE WHEN sum(l.quantity - l.delivered) = 0 THEN 'delivered'
          WHEN sum(l.delivered) = 0 THEN 'pending' ELSE 'partial' END
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
    "收款与退款": """
        SELECT p.number, p.refunded, coalesce(sum(f.amount), 0) AS ledger FROM payment p
        LEFT JOIN refund f ON f.payment_id = p.id GROUP BY p.id HAVING p.refunded <> coalesce(sum(f.amount), 0)
    """,
    "抹零坏账与科目": """
        SELECT i.number, coalesce(b.amount, 0) AS booked, coalesce(g.amount, 0) AS ledger FROM invoice i
        LEFT JOIN (SELECT e.document, sum(l.amount) AS amount FROM journal_entry e JOIN journal_line l ON l.entry_id = e.id
          JOIN account a ON a.id = l.account_id WHERE a.code IN ('6603', '6702') GROUP BY 1) b ON b.document = i.number
        LEFT JOIN (SELECT invoice_id, sum(amount) AS amount FROM allocation WHERE kind IN ('rounding', 'bad_debt')
          GROUP BY 1) g ON g.invoice_id = i.id
        WHERE coalesce(b.amount, 0) <> coalesce(g.amount, 0)
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
        LEFT JOIN stock_hold h ON h.number = r.document LEFT JOIN stock_transfer t ON t.number = r.document
        WHERE r.state IN ('active', 'partially_consumed')
          AND coalesce(h.state, '') <> 'active' AND coalesce(t.state, '') <> 'in_transit'
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
    "暂估应付与到货未来票": """
        SELECT '220201' AS account, booked.amount, waiting.amount AS ledger FROM
          (SELECT coalesce(-sum(l.amount), 0) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id
            WHERE a.code = '220201') booked,
          (SELECT (SELECT coalesce(sum(l.amount), 0) FROM goods_receipt_line l JOIN goods_receipt g ON g.id = l.receipt_id
              WHERE g.state = 'done' AND (g.order_id IS NOT NULL OR g.supplier_id IS NOT NULL))
            - (SELECT coalesce(sum(l.amount), 0) FROM supplier_return_line l
              JOIN supplier_return s ON s.id = l.supplier_return_id WHERE s.state = 'done')
            - (SELECT coalesce(sum(v.amount), 0) FROM supplier_invoice_line v JOIN supplier_invoice i ON i.id = v.invoice_id
              WHERE i.state <> 'reversed') AS amount) waiting
        WHERE booked.amount <> waiting.amount
    """,
    "来票后的暂估尾差": """
        SELECT o.number, p.code, coalesce(g.amount, 0) AS received, coalesce(v.amount, 0) AS ledger FROM purchase_order_line l
        JOIN purchase_order o ON o.id = l.order_id JOIN product p ON p.id = l.product_id
        LEFT JOIN (SELECT order_line_id, sum(amount) AS amount FROM (
            SELECT r.order_line_id, r.amount FROM goods_receipt_line r JOIN goods_receipt g ON g.id = r.receipt_id
              WHERE g.state = 'done'
            UNION ALL
            SELECT r.order_line_id, -r.amount FROM supplier_return_line r JOIN supplier_return s ON s.id = r.supplier_return_id
              WHERE s.state = 'done') kept GROUP BY 1) g ON g.order_line_id = l.id
        LEFT JOIN (SELECT v.order_line_id, sum(v.amount) AS amount FROM supplier_invoice_line v
          JOIN supplier_invoice i ON i.id = v.invoice_id WHERE i.state <> 'reversed' GROUP BY 1) v ON v.order_line_id = l.id
        WHERE l.received = l.invoiced AND coalesce(g.amount, 0) <> coalesce(v.amount, 0)
    """,
    "发票金额与明细": """
        SELECT i.number, i.total, i.tax, coalesce(sum(l.amount), 0) AS ledger, coalesce(sum(l.tax), 0) AS ledger_tax
        FROM invoice i LEFT JOIN invoice_line l ON l.invoice_id = i.id WHERE i.order_id IS NOT NULL
        GROUP BY i.id HAVING i.total <> coalesce(sum(l.amount), 0) OR i.tax <> coalesce(sum(l.tax), 0)
    """,
    "销项税科目与发票": """
        SELECT '222102' AS account, booked.amount, taxed.amount AS ledger FROM
          (SELECT coalesce(-sum(l.amount), 0) AS amount FROM journal_line l JOIN account a ON a.id = l.account_id
            WHERE a.code = '222102') booked,
          (SELECT coalesce(sum(tax), 0) AS amount FROM invoice) taxed
        WHERE booked.amount <> taxed.amount
    """,
    "结账月份的损益": """
        SELECT c.month, sum(l.amount) AS ledger FROM closed_period c
        JOIN journal_entry e ON e.booked_on < (to_date(c.month, 'YYYY-MM') + interval '1 month')::date
        JOIN journal_line l ON l.entry_id = e.id JOIN account a ON a.id = l.account_id
        WHERE a.kind IN ('income', 'expense') AND EXISTS (SELECT FROM journal_entry j WHERE j.closes = c.month)
        GROUP BY c.month HAVING sum(l.amount) <> 0
    """,
    "待处理财产损溢与处理单": """
        SELECT c.number, CASE WHEN c.state = 'done' THEN -c.amount ELSE 0 END AS booked, coalesce(b.amount, 0) AS ledger
        FROM clearing c LEFT JOIN (SELECT e.document, sum(l.amount) AS amount FROM journal_entry e
          JOIN journal_line l ON l.entry_id = e.id JOIN account a ON a.id = l.account_id
          WHERE a.code = '1901' GROUP BY 1) b ON b.document = c.number
        WHERE CASE WHEN c.state = 'done' THEN -c.amount ELSE 0 END <> coalesce(b.amount, 0)
        UNION ALL
        SELECT d.source, d.amount, coalesce(b.amount, 0) FROM
          (SELECT source, sum(amount) AS amount FROM clearing WHERE state = 'done' GROUP BY 1) d
        LEFT JOIN (SELECT e.document, sum(l.amount) AS amount FROM journal_entry e
          JOIN journal_line l ON l.entry_id = e.id JOIN account a ON a.id = l.account_id
          WHERE a.code = '1901' GROUP BY 1) b ON b.document = d.source
        WHERE abs(d.amount) > abs(coalesce(b.amount, 0)) OR d.amount * coalesce(b.amount, 0) <= 0
    """,
    "专票购买方": """
        SELECT number, buyer_title, buyer_tax_no FROM invoice
        WHERE kind = 'special' AND state <> 'reversed' AND (buyer_title = '' OR buyer_tax_no = '')
    """,
    "资金科目与收付款": """
        SELECT d.number, d.code, coalesce(b.amount, 0) AS booked, d.amount AS ledger FROM (
          SELECT number, code, sum(amount) AS amount FROM (
            SELECT number, CASE WHEN cashed_on IS NOT NULL THEN '1002' WHEN way = 'cash' THEN '1001' WHEN way = 'transfer' THEN '1002'
              WHEN way = 'bill' THEN '1121' ELSE '1012' END
              AS code, CASE WHEN state = 'cancelled' THEN 0 ELSE amount END AS amount FROM payment
            UNION ALL SELECT number, CASE way WHEN 'cash' THEN '1001' WHEN 'transfer' THEN '1002' WHEN 'bill' THEN '1002'
              ELSE '1012' END, -refunded FROM payment
            UNION ALL SELECT number, CASE WHEN cashed_on IS NOT NULL THEN '1002' WHEN way = 'cash' THEN '1001'
              WHEN way = 'transfer' THEN '1002' WHEN way = 'bill' THEN '2201' ELSE '1012' END,
              CASE WHEN state = 'paid' THEN -amount ELSE 0 END FROM payment_out
            UNION ALL SELECT number, account, 0 FROM (SELECT number FROM payment WHERE way = 'bill'
              UNION ALL SELECT number FROM payment_out WHERE way = 'bill') b CROSS JOIN unnest(ARRAY['1121', '2201']) AS account) moved
          GROUP BY 1, 2) d
        LEFT JOIN (SELECT e.document, a.code, sum(l.amount) AS amount FROM journal_entry e
          JOIN journal_line l ON l.entry_id = e.id JOIN account a ON a.id = l.account_id
          WHERE a.code IN ('1001', '1002', '1012', '1121', '2201') GROUP BY 1, 2) b ON b.document = d.number AND b.code = d.code
        WHERE coalesce(b.amount, 0) <> d.amount
    """,
}
"""Each finds the rows that differ; none found is right."""
