from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0005_notices_and_files')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Alarm',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('door', fields.CharField(max_length=12)),
                ('code', fields.BigIntField()),
                ('words', fields.CharField(max_length=300)),
                ('times', fields.IntField(default=1)),
                ('first_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('told_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'alarm', 'app': 'models', 'unique_together': (('door', 'code'),), 'pk_attr': 'id', 'table_description': 'What only a person can mend at a platform: once for each door and code, however often it is met.'},
            bases=['Row'],
        ),
    ]
