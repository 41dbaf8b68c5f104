from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0006_stock')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CommissionRate',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('rate', fields.DecimalField(max_digits=9, decimal_places=6)),
            ],
            options={'table': 'commission_rate', 'app': 'models', 'unique_together': (('person',),), 'pk_attr': 'id', 'table_description': "What share of the money received, without tax, its salesperson earns; without a person it is everybody's."},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='DiscountFloor',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('role', fields.CharField(unique=True, max_length=20)),
                ('floor', fields.DecimalField(max_digits=9, decimal_places=6)),
            ],
            options={'table': 'discount_floor', 'app': 'models', 'pk_attr': 'id', 'table_description': 'How low a role may go on its own, as a share of the price that applies: 0.95 is 95 %.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='OrderRevision',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('order', fields.ForeignKeyField('models.SalesOrder', source_field='order_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('revision', fields.IntField()),
                ('total', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('requested_date', fields.DateField(null=True)),
                ('lines', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'order_revision', 'app': 'models', 'unique_together': (('order', 'revision'),), 'pk_attr': 'id', 'table_description': 'An order as it stood before it was changed: its lines word for word, and why it was changed.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='PriceRule',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('price_group', fields.CharField(default='', max_length=40)),
                ('min_quantity', fields.DecimalField(default=0, max_digits=18, decimal_places=6)),
                ('price', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('tax_included', fields.BooleanField(default=True)),
                ('valid_from', fields.DateField()),
                ('valid_until', fields.DateField(null=True)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'price_rule', 'app': 'models', 'constraints': [CheckConstraint(check="price > 0 AND min_quantity >= 0 AND (customer_id IS NULL OR price_group = '') AND (valid_until IS NULL OR valid_until >= valid_from)", name='price_rule_possible')], 'pk_attr': 'id', 'table_description': 'What a product costs one customer, one price group or, without either, everybody, from a quantity on, for a time.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Quotation',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('salesperson', fields.ForeignKeyField('models.Person', source_field='salesperson_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharField(default='draft', max_length=20)),
                ('version', fields.IntField(default=1)),
                ('total', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('valid_until', fields.DateField()),
                ('note', fields.CharField(default='', max_length=200)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'quotation', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'state'], name='quotation_customer_state')], 'pk_attr': 'id', 'table_description': 'An offer with prices that hold until its last day; each version keeps its own lines.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='QuotationLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('quotation', fields.ForeignKeyField('models.Quotation', source_field='quotation_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('version', fields.IntField()),
                ('position', fields.IntField()),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('unit', fields.CharField(max_length=10)),
                ('unit_quantity', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('base_price', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('price_source', fields.CharField(max_length=12)),
                ('discount', fields.DecimalField(default=1, max_digits=9, decimal_places=6)),
                ('price', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('tax_included', fields.BooleanField(default=True)),
                ('tax_rate', fields.DecimalField(max_digits=9, decimal_places=6)),
                ('tax', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
            ],
            options={'table': 'quotation_line', 'app': 'models', 'unique_together': (('quotation', 'version', 'position'),), 'constraints': [CheckConstraint(check='quantity > 0 AND price > 0', name='quotation_line_possible')], 'pk_attr': 'id', 'table_description': 'One product of one version of a quotation; its figures mean what those of an order line mean.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='SalesReturn',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('order', fields.ForeignKeyField('models.SalesOrder', source_field='order_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharField(default='requested', max_length=12)),
                ('remedy', fields.CharField(default='credit', max_length=12)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('created_by', fields.ForeignKeyField('models.Person', source_field='created_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('received_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('received_by', fields.ForeignKeyField('models.Person', source_field='received_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'sales_return', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'state'], name='sales_return_customer_state')], 'pk_attr': 'id', 'table_description': 'Goods that come back from a customer.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='SalesReturnLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('sales_return', fields.ForeignKeyField('models.SalesReturn', source_field='sales_return_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('order_line', fields.ForeignKeyField('models.SalesOrderLine', source_field='order_line_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('received', fields.DecimalField(default=0, max_digits=18, decimal_places=6)),
            ],
            options={'table': 'sales_return_line', 'app': 'models', 'constraints': [CheckConstraint(check='quantity > 0 AND received >= 0 AND received <= quantity', name='return_received')], 'pk_attr': 'id', 'table_description': 'How much of an order line is to come back, and how much of it has.'},
            bases=['Row'],
        ),
        ops.AddField(
            model_name='Customer',
            name='price_group',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Customer',
            name='receiver',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='Customer',
            name='receiver_phone',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='Delivery',
            name='address',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='Product',
            name='tax_rate',
            field=fields.DecimalField(null=True, max_digits=9, decimal_places=6),
        ),
        ops.AddField(
            model_name='Product',
            name='tolerance',
            field=fields.DecimalField(default=0, db_default=0, max_digits=9, decimal_places=6),
        ),
        ops.AlterModelOptions(
            name='SalesOrder',
            options={'table': 'sales_order', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'state'], name='sales_order_customer_state'), Index(fields=['created_at'], name='sales_order_created')], 'pk_attr': 'id', 'table_description': 'An accepted promise to deliver; totals include tax. `revision` counts its amendments.'},
        ),
        ops.AddField(
            model_name='SalesOrder',
            name='address',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddField(
            model_name='SalesOrder',
            name='quotation',
            field=fields.ForeignKeyField('models.Quotation', source_field='quotation_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='SalesOrder',
            name='receiver',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
        ops.AddField(
            model_name='SalesOrder',
            name='receiver_phone',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='SalesOrder',
            name='revision',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.RemoveConstraint(
            model_name='SalesOrderLine',
            name='order_line_delivered',
            fields=None,
        ),
        ops.AddField(
            model_name='SalesOrderLine',
            name='base_price',
            field=fields.DecimalField(db_default=0, max_digits=18, decimal_places=6),
        ),
        ops.AddField(
            model_name='SalesOrderLine',
            name='discount',
            field=fields.DecimalField(default=1, db_default=1, max_digits=9, decimal_places=6),
        ),
        ops.AddField(
            model_name='SalesOrderLine',
            name='price_source',
            field=fields.CharField(default='list', db_default='list', max_length=12),
        ),
        ops.AddField(
            model_name='SalesOrderLine',
            name='returned',
            field=fields.DecimalField(default=0, db_default=0, max_digits=18, decimal_places=6),
        ),
        ops.AddField(
            model_name='SalesOrderLine',
            name='tax',
            field=fields.DecimalField(db_default=0, max_digits=18, decimal_places=2),
        ),
        ops.AddField(
            model_name='SalesOrderLine',
            name='tax_included',
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.AddField(
            model_name='SalesOrderLine',
            name='tax_rate',
            field=fields.DecimalField(db_default=0, max_digits=9, decimal_places=6),
        ),
        ops.AddField(
            model_name='SalesOrderLine',
            name='tolerance',
            field=fields.DecimalField(default=0, db_default=0, max_digits=9, decimal_places=6),
        ),
        ops.AddConstraint(
            model_name='SalesOrderLine',
            constraint=CheckConstraint(check='quantity >= 0 AND delivered >= 0 AND delivered <= quantity AND returned >= 0', name='order_line_delivered'),
        ),
        # Lines that stand were sold at the company's one rate, at the price they show.
        ops.RunSQL(
            """
            UPDATE sales_order_line SET base_price = price, tax_rate = company.tax_rate,
              tax = amount - round(amount / (1 + company.tax_rate), 2)
            FROM (SELECT tax_rate FROM company ORDER BY id LIMIT 1) company
            """,
            reverse_sql=ops.RunSQL.noop,
        ),
    ]
