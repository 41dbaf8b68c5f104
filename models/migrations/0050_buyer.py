from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0041_shipment_state')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Invoice',
            name='buyer_tax_no',
            field=fields.CharField(default='', db_default='', max_length=30),
        ),
        ops.AddField(
            model_name='Invoice',
            name='buyer_title',
            field=fields.CharField(default='', db_default='', max_length=80),
        ),
        ops.RunSQL(
            "UPDATE invoice i SET buyer_title = coalesce(nullif(c.tax_title, ''), c.name), buyer_tax_no = c.tax_no "
            "FROM customer c WHERE c.id = i.customer_id",
            reverse_sql="",
        ),
    ]
