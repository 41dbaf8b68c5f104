from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0015_checkins')]

    initial = False

    operations = [
        ops.CreateModel(
            name='QuotaStop',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=200)),
                ('until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'quota_stop', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A quota of a platform that is used up by its own account: nobody sends what it counts before `until`.'},
            bases=['Row'],
        ),
    ]
