from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0061_pictures_of_products')]

    initial = False

    operations = [
        ops.CreateModel(
            name='EarlyReport',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('platform_id', fields.CharField(unique=True, max_length=64)),
                ('delivered', fields.BooleanField()),
                ('words', fields.CharField(max_length=200)),
                ('reported_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'early_report', 'app': 'models', 'pk_attr': 'id', 'table_description': 'What a platform reports of a message before its own answer has reached us: kept until we know the message.'},
            bases=['Row'],
        ),
    ]
