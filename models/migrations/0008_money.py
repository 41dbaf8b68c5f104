from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0007_sales')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Budget',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('department', fields.ForeignKeyField('models.Department', source_field='department_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('purpose', fields.CharField(max_length=40)),
                ('month', fields.CharField(max_length=7)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
            ],
            options={'table': 'budget', 'app': 'models', 'unique_together': (('department', 'purpose', 'month'),), 'constraints': [CheckConstraint(check='amount >= 0', name='budget_amount')], 'pk_attr': 'id', 'table_description': 'What a department may spend on a purpose in a month (`2026-11`).'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='CustomerGroup',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=40)),
                ('credit_limit', fields.DecimalField(null=True, max_digits=18, decimal_places=2)),
            ],
            options={'table': 'customer_group', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Customers that share a credit limit each: NULL is no limit, 0 is no credit.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Dunning',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('invoice', fields.ForeignKeyField('models.Invoice', source_field='invoice_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('level', fields.IntField()),
                ('open', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('charge', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('sent_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sent_by', fields.ForeignKeyField('models.Person', source_field='sent_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'dunning', 'app': 'models', 'unique_together': (('invoice', 'level'),), 'pk_attr': 'id', 'table_description': 'One level of reminder sent for one invoice: what was open then, and the interest and fee that were named.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='DunningLevel',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('level', fields.IntField(unique=True)),
                ('days', fields.IntField()),
                ('blocks', fields.BooleanField(default=False, db_default=False)),
                ('rate', fields.DecimalField(default=0, db_default=0, max_digits=9, decimal_places=6)),
                ('fee', fields.DecimalField(default=0, db_default=0, max_digits=18, decimal_places=2)),
            ],
            options={'table': 'dunning_level', 'app': 'models', 'pk_attr': 'id', 'table_description': 'From how many days past due a reminder of this level is sent, and whether it stops new orders.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='PaymentOut',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('supplier', fields.ForeignKeyField('models.Supplier', source_field='supplier_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('purchase', fields.ForeignKeyField('models.PurchaseOrder', source_field='purchase_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('department', fields.ForeignKeyField('models.Department', source_field='department_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('purpose', fields.CharField(default='', max_length=40)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('allocated', fields.DecimalField(default=0, max_digits=18, decimal_places=2)),
                ('state', fields.CharField(max_length=20)),
                ('asked_on', fields.DateField()),
                ('paid_on', fields.DateField(null=True)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'payment_out', 'app': 'models', 'constraints': [CheckConstraint(check='amount > 0 AND allocated >= 0 AND allocated <= amount', name='payment_out_allocated')], 'indexes': [Index(fields=['supplier_id', 'state'], name='payment_out_supplier_state')], 'pk_attr': 'id', 'table_description': 'Money to a supplier; what is not allocated to its invoices is an advance to it.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='RiskSignal',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharField(max_length=20)),
                ('about', fields.CharField(default='', max_length=20)),
                ('raised_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('cleared_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'risk_signal', 'app': 'models', 'indexes': [Index(fields=['customer_id', 'kind'], name='risk_signal_customer')], 'pk_attr': 'id', 'table_description': 'Something about a customer that its owner and finance were told of once; cleared, it may be told again.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='SupplierInvoice',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('supplier', fields.ForeignKeyField('models.Supplier', source_field='supplier_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('purchase', fields.ForeignKeyField('models.PurchaseOrder', source_field='purchase_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('purpose', fields.CharField(default='', max_length=40)),
                ('total', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('tax', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('paid', fields.DecimalField(default=0, max_digits=18, decimal_places=2)),
                ('state', fields.CharField(default='posted', max_length=20)),
                ('issued_on', fields.DateField()),
                ('due_on', fields.DateField()),
                ('e_number', fields.CharField(default='', max_length=20)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'supplier_invoice', 'app': 'models', 'constraints': [CheckConstraint(check='total > 0 AND tax >= 0 AND tax < total', name='supplier_invoice_total'), CheckConstraint(check='paid >= 0 AND paid <= total', name='supplier_invoice_paid_within')], 'indexes': [Index(fields=['supplier_id', 'state'], name='supplier_invoice_supplier_state')], 'pk_attr': 'id', 'table_description': "A supplier's demand, tax included: for goods of a purchase, or for an expense with its `purpose`."},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='PayableAllocation',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('invoice', fields.ForeignKeyField('models.SupplierInvoice', source_field='invoice_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('payment', fields.ForeignKeyField('models.PaymentOut', source_field='payment_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'payable_allocation', 'app': 'models', 'pk_attr': 'id', 'table_description': "So much of a supplier's invoice settled by a payment."},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='SupplierInvoiceLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('invoice', fields.ForeignKeyField('models.SupplierInvoice', source_field='invoice_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('order_line', fields.ForeignKeyField('models.PurchaseOrderLine', source_field='order_line_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
            ],
            options={'table': 'supplier_invoice_line', 'app': 'models', 'pk_attr': 'id', 'table_description': "So much of a purchase's line, at the price of the purchase, without tax."},
            bases=['Row'],
        ),
        ops.AddField(
            model_name='Approval',
            name='valid_until',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Company',
            name='credit_limit',
            field=fields.DecimalField(null=True, max_digits=18, decimal_places=2),
        ),
        ops.AddField(
            model_name='Company',
            name='overdue_block_days',
            field=fields.IntField(null=True, default=60, db_default=60),
        ),
        ops.AddField(
            model_name='Customer',
            name='group',
            field=fields.ForeignKeyField('models.CustomerGroup', source_field='group_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Customer',
            name='own_limit',
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.AlterModelOptions(
            name='PurchaseOrderLine',
            options={'table': 'purchase_order_line', 'app': 'models', 'pk_attr': 'id', 'table_description': 'One product of a purchase order, with the day it is promised for; `price` is without tax, as costs are.'},
        ),
        ops.AddField(
            model_name='PurchaseOrderLine',
            name='invoiced',
            field=fields.DecimalField(default=0, db_default=0, max_digits=18, decimal_places=6),
        ),
        ops.AlterModelOptions(
            name='Supplier',
            options={'table': 'supplier', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A party we buy from; its invoices fall due `terms_days` after their day.'},
        ),
        ops.AddField(
            model_name='Supplier',
            name='terms_days',
            field=fields.IntField(default=30, db_default=30),
        ),
    ]
