from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0010_wechat')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Company',
            name='auto_dunning',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Customer',
            name='dunning_paused_until',
            field=fields.DateField(null=True),
        ),
    ]
