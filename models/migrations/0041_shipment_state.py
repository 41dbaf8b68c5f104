from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0040_pending_receipts')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Delivery',
            name='state',
            field=fields.CharField(default='shipped', db_default='shipped', max_length=12),
        ),
        ops.RunSQL("UPDATE delivery SET state = 'delivered' WHERE delivered_at IS NOT NULL", reverse_sql=""),
    ]
