from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0002_inbox_tries')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Account',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=12)),
                ('name', fields.CharField(max_length=40)),
                ('kind', fields.CharField(max_length=12)),
            ],
            options={'table': 'account', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A line of the chart of accounts, numbered as 企业会计准则 does.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='ClosedPeriod',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('month', fields.CharField(unique=True, max_length=7)),
                ('closed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_by', fields.ForeignKeyField('models.Person', source_field='closed_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'closed_period', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A month whose books are closed: nothing is booked into it any more.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('invoice', fields.ForeignKeyField('models.Invoice', source_field='invoice_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('order_line', fields.ForeignKeyField('models.SalesOrderLine', source_field='order_line_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('price', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('tax', fields.DecimalField(max_digits=18, decimal_places=2)),
            ],
            options={'table': 'invoice_line', 'app': 'models', 'pk_attr': 'id', 'table_description': 'One product of an invoice: so much of an order line, tax included.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('document', fields.CharField(max_length=40)),
                ('memo', fields.CharField(default='', max_length=120)),
                ('booked_on', fields.DateField()),
                ('reverses', fields.ForeignKeyField('models.JournalEntry', source_field='reverses_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'journal_entry', 'app': 'models', 'indexes': [Index(fields=['document'], name='journal_entry_document'), Index(fields=['booked_on'], name='journal_entry_day')], 'pk_attr': 'id', 'table_description': "What one document did to the books: its lines' debits equal their credits."},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='JournalLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('entry', fields.ForeignKeyField('models.JournalEntry', source_field='entry_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('supplier', fields.ForeignKeyField('models.Supplier', source_field='supplier_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'journal_line', 'app': 'models', 'constraints': [CheckConstraint(check='amount <> 0', name='journal_line_amount')], 'pk_attr': 'id', 'table_description': 'One debit (positive) or credit (negative) of an entry, and whose account it is where that matters.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Payment',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('allocated', fields.DecimalField(default=0, max_digits=18, decimal_places=2)),
                ('refunded', fields.DecimalField(default=0, max_digits=18, decimal_places=2)),
                ('state', fields.CharField(default='posted', max_length=20)),
                ('received_on', fields.DateField()),
                ('note', fields.CharField(default='', max_length=120)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'payment', 'app': 'models', 'constraints': [CheckConstraint(check='amount > 0 AND allocated >= 0 AND refunded >= 0 AND allocated + refunded <= amount', name='payment_allocated')], 'indexes': [Index(fields=['customer_id', 'state'], name='payment_customer_state'), Index(fields=['received_on'], name='payment_day')], 'pk_attr': 'id', 'table_description': 'Money received from a customer; what is not allocated to invoices stays on account as an advance.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Allocation',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('invoice', fields.ForeignKeyField('models.Invoice', source_field='invoice_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('payment', fields.ForeignKeyField('models.Payment', source_field='payment_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('reason', fields.CharField(default='', max_length=80)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'allocation', 'app': 'models', 'pk_attr': 'id', 'table_description': 'So much of an invoice settled by a payment; without a payment, it was written off.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='StockWorth',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.DecimalField(default=0, max_digits=18, decimal_places=6)),
                ('value', fields.DecimalField(default=0, max_digits=18, decimal_places=2)),
            ],
            options={'table': 'stock_worth', 'app': 'models', 'unique_together': (('product',),), 'constraints': [CheckConstraint(check='quantity >= 0 AND value >= 0', name='stock_worth_never_negative')], 'pk_attr': 'id', 'table_description': 'What all there is of one product cost us: its quantity in every warehouse, and their value.'},
            bases=['Row'],
        ),
        ops.AddField(
            model_name='Company',
            name='bank',
            field=fields.CharField(default='', db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='Company',
            name='bank_account',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AlterModelOptions(
            name='Customer',
            options={'table': 'customer', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A party that buys. A NULL limit is no limit; 0 is no credit; a frozen one gets no new order.'},
        ),
        ops.AddField(
            model_name='Customer',
            name='frozen',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Customer',
            name='tax_no',
            field=fields.CharField(default='', db_default='', max_length=30),
        ),
        ops.AddField(
            model_name='Customer',
            name='tax_title',
            field=fields.CharField(default='', db_default='', max_length=80),
        ),
        ops.RemoveConstraint(
            model_name='Invoice',
            name='invoice_paid',
            fields=None,
        ),
        ops.AlterModelOptions(
            name='Invoice',
            options={'table': 'invoice', 'app': 'models', 'constraints': [CheckConstraint(check='paid * sign(total) >= 0 AND abs(paid) <= abs(total)', name='invoice_paid_within')], 'indexes': [Index(fields=['customer_id', 'state'], name='invoice_customer_state'), Index(fields=['issued_on'], name='invoice_day')], 'pk_attr': 'id', 'table_description': 'A demand for payment, tax included: `total` = `net` + `tax`. A red-letter one is negative and names its original.'},
        ),
        ops.AddField(
            model_name='Invoice',
            name='e_number',
            field=fields.CharField(default='', db_index=True, db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='Invoice',
            name='kind',
            field=fields.CharField(default='ordinary', db_default='ordinary', max_length=12),
        ),
        ops.AddField(
            model_name='Invoice',
            name='made_by',
            field=fields.ForeignKeyField('models.Person', source_field='made_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Invoice',
            name='order',
            field=fields.ForeignKeyField('models.SalesOrder', source_field='order_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Invoice',
            name='reverses',
            field=fields.ForeignKeyField('models.Invoice', source_field='reverses_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Invoice',
            name='tax',
            field=fields.DecimalField(default=0, db_default=0, max_digits=18, decimal_places=2),
        ),
        ops.AddIndex(
            model_name='Invoice',
            index=Index(fields=['issued_on'], name='invoice_day'),
        ),
        ops.AddConstraint(
            model_name='Invoice',
            constraint=CheckConstraint(check='paid * sign(total) >= 0 AND abs(paid) <= abs(total)', name='invoice_paid_within'),
        ),
        ops.AddField(
            model_name='SalesOrderLine',
            name='invoiced',
            field=fields.DecimalField(default=0, db_default=0, max_digits=18, decimal_places=6),
        ),
        ops.AlterModelOptions(
            name='StockMove',
            options={'table': 'stock_move', 'app': 'models', 'indexes': [Index(fields=['document'], name='stock_move_document')], 'pk_attr': 'id', 'table_description': 'One movement, never edited; `document` says why, `value` by how much it changed what stock is worth.'},
        ),
        ops.AddField(
            model_name='StockMove',
            name='value',
            field=fields.DecimalField(default=0, db_default=0, max_digits=18, decimal_places=2),
        ),
        # What is there when worth begins to be kept: each product's moves at its cost, and its invoiced orders.
        ops.RunSQL(
            "UPDATE stock_move m SET value = round(m.quantity * p.cost, 2) FROM product p WHERE p.id = m.product_id",
            reverse_sql="",
        ),
        ops.RunSQL(
            "INSERT INTO stock_worth (product_id, quantity, value) SELECT product_id, sum(quantity), sum(value) "
            "FROM stock_move GROUP BY product_id",
            reverse_sql="",
        ),
        ops.RunSQL(
            "UPDATE sales_order_line l SET invoiced = l.delivered FROM sales_order o "
            "WHERE o.id = l.order_id AND o.invoiced = o.total AND o.invoiced > 0",
            reverse_sql="",
        ),
    ]
