from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0051_allocations')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Allocation',
            name='settled_on',
            field=fields.DateField(null=True),
        ),
        ops.AlterModelOptions(
            name='PayableAllocation',
            options={'table': 'payable_allocation', 'app': 'models', 'pk_attr': 'id', 'table_description': "So much of a supplier's invoice settled by a payment; `settled_on` is the day on which the books say so."},
        ),
        ops.AddField(
            model_name='PayableAllocation',
            name='settled_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Payment',
            name='way',
            field=fields.CharField(default='transfer', db_default='transfer', max_length=12),
        ),
        # What was settled before is of the day on which it was.
        ops.RunSQL(
            "UPDATE allocation SET settled_on = (made_at AT TIME ZONE 'Asia/Shanghai')::date", reverse_sql=""
        ),
        ops.RunSQL(
            "UPDATE payable_allocation SET settled_on = (made_at AT TIME ZONE 'Asia/Shanghai')::date", reverse_sql=""
        ),
        ops.AlterField(model_name='Allocation', name='settled_on', field=fields.DateField()),
        ops.AlterField(model_name='PayableAllocation', name='settled_on', field=fields.DateField()),
    ]
