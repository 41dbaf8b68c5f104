from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0013_reference_indexes')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Welcome',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('contact', fields.ForeignKeyField('models.ExternalContact', source_field='contact_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('code', fields.CharField(unique=True, max_length=200)),
                ('state', fields.CharField(default='waiting', max_length=12)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'welcome', 'app': 'models', 'indexes': [Index(fields=['state', 'due_at'], name='welcome_due')], 'pk_attr': 'id', 'table_description': 'The greeting of a contact who has just added an employee: `code` sends it once, within 20 s (WeCom doc 92137).'},
            bases=['Row'],
        ),
    ]
