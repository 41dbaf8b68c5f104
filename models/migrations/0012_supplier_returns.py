from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0011_dunning')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SupplierReturn',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('order', fields.ForeignKeyField('models.PurchaseOrder', source_field='order_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('supplier', fields.ForeignKeyField('models.Supplier', source_field='supplier_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('reason', fields.CharField(default='', max_length=120)),
                ('replaced', fields.BooleanField(default=False)),
                ('state', fields.CharField(default='done', max_length=12)),
                ('returned_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('returned_by', fields.ForeignKeyField('models.Person', source_field='returned_by_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'supplier_return', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Goods of a purchase that went back; `replaced`: the supplier is to send them again.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='SupplierReturnLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('supplier_return', fields.ForeignKeyField('models.SupplierReturn', source_field='supplier_return_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('order_line', fields.ForeignKeyField('models.PurchaseOrderLine', source_field='order_line_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('warehouse', fields.ForeignKeyField('models.Warehouse', source_field='warehouse_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('lot', fields.CharField(default='', max_length=40)),
            ],
            options={'table': 'supplier_return_line', 'app': 'models', 'constraints': [CheckConstraint(check='quantity > 0', name='supplier_return_line_quantity')], 'pk_attr': 'id', 'table_description': 'How much of one product went back, and how much less we owe for it, without tax.'},
            bases=['Row'],
        ),
    ]
