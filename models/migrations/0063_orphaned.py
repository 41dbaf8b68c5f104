from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0062_early_report')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Notice',
            name='orphaned',
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
