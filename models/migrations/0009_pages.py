from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0008_money')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PageLink',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('digest', fields.CharField(unique=True, max_length=64)),
                ('kind', fields.CharField(max_length=40)),
                ('inputs', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('heading', fields.CharField(max_length=120)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('file_name', fields.CharField(default='', max_length=120)),
                ('content_type', fields.CharField(default='', max_length=80)),
                ('sha256', fields.CharField(default='', max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('revoked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'page_link', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A secret address of one page or file: what it shows, for whom, made by whom, and until when.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='PageOpening',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('link', fields.ForeignKeyField('models.PageLink', source_field='link_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('address', fields.CharField(max_length=64)),
                ('agent', fields.CharField(max_length=200)),
            ],
            options={'table': 'page_opening', 'app': 'models', 'indexes': [Index(fields=['link_id', 'opened_at'], name='page_opening_link')], 'pk_attr': 'id', 'table_description': 'One opening of a link: when, from which address, with which program.'},
            bases=['Row'],
        ),
    ]
