from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0021_reminders_can_wait')]

    initial = False

    operations = [
        ops.RemoveConstraint(
            model_name='PlatformTemplate',
            name=None,
            fields=['kind', 'door'],
        ),
        ops.AddField(
            model_name='PlatformTemplate',
            name='subscribed',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddConstraint(
            model_name='PlatformTemplate',
            constraint=UniqueConstraint(fields=('kind', 'door', 'subscribed'), name=None),
        ),
        # A mini-program has no other.
        ops.RunSQL("UPDATE platform_template SET subscribed = true WHERE door = 'miniprogram'", reverse_sql='SELECT 1'),
    ]
