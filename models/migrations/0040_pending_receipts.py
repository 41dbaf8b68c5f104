from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0023_unions')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='GoodsReceipt',
            name='state',
            field=fields.CharField(default='done', max_length=20),
        ),
        ops.AlterModelOptions(
            name='GoodsReceiptLine',
            options={'table': 'goods_receipt_line', 'app': 'models', 'constraints': [CheckConstraint(check='quantity > 0', name='goods_receipt_line_quantity')], 'pk_attr': 'id', 'table_description': 'How much of one product came in, what it is worth in the books, and where it is put.'},
        ),
        ops.AddField(
            model_name='GoodsReceiptLine',
            name='expires_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='GoodsReceiptLine',
            name='location',
            field=fields.CharField(null=True, max_length=20),
        ),
        ops.AddField(
            model_name='GoodsReceiptLine',
            name='lot',
            field=fields.CharField(default='', db_default='', max_length=40),
        ),
    ]
