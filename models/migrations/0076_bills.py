from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0075_clearing')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Payment',
            name='cashed_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='PaymentOut',
            name='cashed_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='PaymentOut',
            name='way',
            field=fields.CharField(default='transfer', db_default='transfer', max_length=12),
        ),
    ]
