from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0009_pages')]

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
        ops.CreateModel(
            name='QrCode',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('kind', fields.CharField(max_length=12)),
                ('scene', fields.CharField(max_length=64)),
                ('title', fields.CharField(max_length=80)),
                ('asked_by', fields.ForeignKeyField('models.Person', source_field='asked_by_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharField(default='waiting', max_length=12)),
                ('picture', fields.CharField(default='', max_length=300)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('tries', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'qr_code', 'app': 'models', 'indexes': [Index(fields=['state', 'due_at'], name='qr_code_due'), Index(fields=['scene'], name='qr_code_scene')], 'pk_attr': 'id', 'table_description': 'A code of the Official Account that carries a scene; whoever asked for it gets the address of its picture.'},
            bases=['Row'],
        ),
        ops.RemoveIndex(
            model_name='Notice',
            name='notice_about',
            fields=None,
        ),
        ops.AddIndex(
            model_name='Notice',
            index=Index(fields=['about', 'receiver_id'], name='notice_about'),
        ),
    ]
