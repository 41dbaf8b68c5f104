from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0052_dates')]

    initial = False

    operations = [
        ops.AddField(
            model_name='JournalEntry',
            name='closes',
            field=fields.CharField(default='', db_default='', max_length=7),
        ),
    ]
