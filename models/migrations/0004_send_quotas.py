from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.contrib.postgres.fields import ArrayField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0003_books')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SendQuota',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=200)),
                ('slot', fields.BigIntField()),
                ('counts', ArrayField(element_type='INT')),
            ],
            options={'table': 'send_quota', 'app': 'models', 'pk_attr': 'id', 'table_description': 'How often something was done lately: `counts` holds the newest slices of time first, `slot` numbers that one.'},
            bases=['Row'],
        ),
    ]
