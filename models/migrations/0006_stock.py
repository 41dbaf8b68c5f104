from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0005_notices_and_files')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Adjustment',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('kind', fields.CharField(max_length=12)),
                ('reason', fields.CharField(default='', max_length=120)),
                ('about', fields.CharField(default='', db_index=True, max_length=20)),
                ('amount', fields.DecimalField(default=0, max_digits=18, decimal_places=2)),
                ('state', fields.CharField(max_length=20)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stock_adjustment', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Goods found, lost, scrapped or used up; `about` is the document they were used for, `amount` their worth in CNY.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='AdjustmentLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('adjustment', fields.ForeignKeyField('models.Adjustment', source_field='adjustment_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('warehouse', fields.ForeignKeyField('models.Warehouse', source_field='warehouse_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('location', fields.CharField(default='', max_length=20)),
                ('lot', fields.CharField(default='', max_length=40)),
                ('quantity', fields.DecimalField(max_digits=18, decimal_places=6)),
            ],
            options={'table': 'stock_adjustment_line', 'app': 'models', 'constraints': [CheckConstraint(check='quantity <> 0', name='stock_adjustment_line_quantity')], 'pk_attr': 'id', 'table_description': 'So much more (positive) or less of one product in one warehouse; without location and lot, wherever it lies.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='GoodsReceipt',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('order', fields.ForeignKeyField('models.PurchaseOrder', source_field='order_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('supplier', fields.ForeignKeyField('models.Supplier', source_field='supplier_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('reason', fields.CharField(default='', max_length=120)),
                ('state', fields.CharField(default='done', max_length=12)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('received_by', fields.ForeignKeyField('models.Person', source_field='received_by_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'goods_receipt', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Goods that came in: for a purchase order, from a supplier, or for another reason.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='GoodsReceiptLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('receipt', fields.ForeignKeyField('models.GoodsReceipt', source_field='receipt_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('order_line', fields.ForeignKeyField('models.PurchaseOrderLine', source_field='order_line_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('warehouse', fields.ForeignKeyField('models.Warehouse', source_field='warehouse_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('unit_cost', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
            ],
            options={'table': 'goods_receipt_line', 'app': 'models', 'constraints': [CheckConstraint(check='quantity > 0', name='goods_receipt_line_quantity')], 'pk_attr': 'id', 'table_description': 'How much of one product came in, and what it is worth in the books.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Hold',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('until', fields.DateField()),
                ('state', fields.CharField(default='active', max_length=12)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stock_hold', 'app': 'models', 'constraints': [CheckConstraint(check='quantity > 0', name='stock_hold_quantity')], 'indexes': [Index(fields=['customer_id', 'state'], name='stock_hold_customer')], 'pk_attr': 'id', 'table_description': 'Goods that a salesperson keeps for a customer until the end of a day, before there is an order.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Location',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=20)),
                ('warehouse', fields.ForeignKeyField('models.Warehouse', source_field='warehouse_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'location', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A place inside a warehouse, such as A-03-2; its code is unique in the company.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Lot',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('number', fields.CharField(db_index=True, max_length=40)),
                ('expires_on', fields.DateField(null=True)),
            ],
            options={'table': 'lot', 'app': 'models', 'unique_together': (('product', 'number'),), 'pk_attr': 'id', 'table_description': 'Goods of one product with one origin; what expires first leaves first.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='StockBin',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('warehouse', fields.ForeignKeyField('models.Warehouse', source_field='warehouse_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('location', fields.CharField(default='', max_length=20)),
                ('lot', fields.CharField(default='', max_length=40)),
                ('on_hand', fields.DecimalField(default=0, max_digits=18, decimal_places=6)),
            ],
            options={'table': 'stock_bin', 'app': 'models', 'unique_together': (('product', 'warehouse', 'location', 'lot'),), 'constraints': [CheckConstraint(check='on_hand >= 0', name='stock_bin_never_negative')], 'indexes': [Index(fields=['location'], name='stock_bin_location'), Index(fields=['lot'], name='stock_bin_lot')], 'pk_attr': 'id', 'table_description': 'Where in a warehouse goods lie and of which lot they are; empty is: not put away, of no lot.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Stocktake',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('warehouse', fields.ForeignKeyField('models.Warehouse', source_field='warehouse_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharField(default='counting', max_length=12)),
                ('started_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('started_by', fields.ForeignKeyField('models.Person', source_field='started_by_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('finished_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'stocktake', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A count of one warehouse against the books.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='StocktakeLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('stocktake', fields.ForeignKeyField('models.Stocktake', source_field='stocktake_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('location', fields.CharField(default='', max_length=20)),
                ('lot', fields.CharField(default='', max_length=40)),
                ('booked', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('counted', fields.DecimalField(max_digits=18, decimal_places=6)),
                ('withdrawn', fields.BooleanField(default=False)),
                ('counted_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('counted_by', fields.ForeignKeyField('models.Person', source_field='counted_by_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'stocktake_line', 'app': 'models', 'constraints': [CheckConstraint(check='counted >= 0', name='stocktake_line_counted')], 'pk_attr': 'id', 'table_description': 'What was counted of a product, and what the books said at that moment; never edited, the latest standing one counts.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Transfer',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('source', fields.ForeignKeyField('models.Warehouse', source_field='source_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('target', fields.ForeignKeyField('models.Warehouse', source_field='target_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('target_location', fields.CharField(default='', max_length=20)),
                ('state', fields.CharField(max_length=12)),
                ('sent_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sent_by', fields.ForeignKeyField('models.Person', source_field='sent_by_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('received_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('received_by', fields.ForeignKeyField('models.Person', source_field='received_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'stock_transfer', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Goods on their way from one place of ours to another; received at once unless it was only sent.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='TransferLine',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('transfer', fields.ForeignKeyField('models.Transfer', source_field='transfer_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('product', fields.ForeignKeyField('models.Product', source_field='product_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('quantity', fields.DecimalField(max_digits=18, decimal_places=6)),
            ],
            options={'table': 'stock_transfer_line', 'app': 'models', 'constraints': [CheckConstraint(check='quantity > 0', name='stock_transfer_line_quantity')], 'pk_attr': 'id', 'table_description': 'How much of one product a transfer carries.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='WorkOrderMaterial',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('work_order', fields.ForeignKeyField('models.WorkOrder', source_field='work_order_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('component', fields.ForeignKeyField('models.Product', source_field='component_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('issued', fields.DecimalField(default=0, max_digits=18, decimal_places=6)),
            ],
            options={'table': 'work_order_material', 'app': 'models', 'unique_together': (('work_order', 'component'),), 'constraints': [CheckConstraint(check='issued >= 0', name='work_order_material_issued')], 'pk_attr': 'id', 'table_description': 'How much of a component a work order was given, fetched or taken when its output was reported.'},
            bases=['Row'],
        ),
        ops.AddField(
            model_name='Product',
            name='low',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddConstraint(
            model_name='PurchaseOrderLine',
            constraint=CheckConstraint(check='received >= 0 AND received <= quantity', name='purchase_line_received'),
        ),
        ops.AddField(
            model_name='StockMove',
            name='location',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
        ops.AddField(
            model_name='StockMove',
            name='memo',
            field=fields.CharField(default='', db_default='', max_length=120),
        ),
        ops.AddIndex(
            model_name='StockMove',
            index=Index(fields=['moved_at'], name='stock_move_moved_at'),
        ),
        ops.AddIndex(
            model_name='StockMove',
            index=Index(fields=['lot'], name='stock_move_lot'),
        ),
        # Lots, bins and low products of a company that worked before they were kept.
        ops.RunSQL(
            "INSERT INTO lot (product_id, number) SELECT DISTINCT product_id, lot FROM stock_move WHERE lot <> ''",
            reverse_sql="",
        ),
        ops.RunSQL(
            "INSERT INTO stock_bin (product_id, warehouse_id, location, lot, on_hand) "
            "SELECT product_id, warehouse_id, '', lot, sum(quantity) FROM stock_move "
            "GROUP BY product_id, warehouse_id, lot HAVING sum(quantity) <> 0",
            reverse_sql="",
        ),
        ops.RunSQL(
            "UPDATE product p SET low = true WHERE min_stock > "
            "(SELECT coalesce(sum(on_hand - reserved), 0) FROM stock_balance b WHERE b.product_id = p.id)",
            reverse_sql="",
        ),
    ]
