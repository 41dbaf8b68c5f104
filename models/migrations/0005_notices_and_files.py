from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0004_send_quotas')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Attachment',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('kind', fields.CharField(max_length=12)),
                ('name', fields.CharField(default='', max_length=120)),
                ('content_type', fields.CharField(default='', max_length=60)),
                ('size', fields.IntField(default=0)),
                ('sha256', fields.CharField(default='', max_length=64)),
                ('owner', fields.ForeignKeyField('models.Person', source_field='owner_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('about', fields.CharField(default='', max_length=20)),
                ('door', fields.CharField(max_length=12)),
                ('media_id', fields.CharField(max_length=200)),
                ('state', fields.CharField(default='waiting', max_length=12)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('tries', fields.IntField(default=0)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'attachment', 'app': 'models', 'indexes': [Index(fields=['state', 'due_at'], name='attachment_due'), Index(fields=['about'], name='attachment_about')], 'pk_attr': 'id', 'table_description': 'A file that somebody sent, and what it is about; its bytes lie in FILES_DIR under their digest.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Batch',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('token', fields.CharField(unique=True, max_length=24)),
                ('userids', fields.JSONField(encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('text', fields.TextField(unique=False)),
                ('tries', fields.IntField(default=0)),
                ('sent_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'notice_batch', 'app': 'models', 'pk_attr': 'id', 'table_description': 'One WeCom call to many, kept word for word: only an identical one is recognised as a repeat (WeCom doc 90236).'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='ExternalContact',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('external_id', fields.CharField(max_length=64)),
                ('employee', fields.ForeignKeyField('models.Person', source_field='employee_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('state', fields.CharField(default='', max_length=64)),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ended_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'external_contact', 'app': 'models', 'unique_together': (('external_id', 'employee'),), 'pk_attr': 'id', 'table_description': "A customer's contact in WeCom, and the employee they added; `state` names the code they came through."},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='Preference',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharField(default='', max_length=40)),
                ('muted', fields.BooleanField(default=False)),
                ('digest', fields.BooleanField(default=False)),
            ],
            options={'table': 'preference', 'app': 'models', 'unique_together': (('person', 'kind'),), 'pk_attr': 'id', 'table_description': 'How somebody wants one kind of notice, or, with an empty kind, all that are not urgent.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='QuietHours',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', unique=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('from_minute', fields.IntField()),
                ('until_minute', fields.IntField()),
            ],
            options={'table': 'quiet_hours', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The hours, in minutes of a Shanghai day, in which only what is urgent reaches somebody.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='WorkParty',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('party_id', fields.IntField(unique=True)),
                ('department', fields.ForeignKeyField('models.Department', source_field='department_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'work_party', 'app': 'models', 'pk_attr': 'id', 'table_description': "Which of our departments follows a department of WeCom's address book."},
            bases=['Row'],
        ),
        ops.AddField(
            model_name='Attempt',
            name='arrived_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Attempt',
            name='platform_id',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddIndex(
            model_name='Attempt',
            index=Index(fields=['platform_id'], name='attempt_platform'),
        ),
        ops.AddField(
            model_name='Conversation',
            name='scene',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='Notice',
            name='batch',
            field=fields.CharField(default='', db_default='', max_length=24),
        ),
        ops.AddField(
            model_name='Notice',
            name='digest',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Notice',
            name='repeats',
            field=fields.IntField(default=1, db_default=1),
        ),
        ops.AddIndex(
            model_name='Notice',
            index=Index(fields=['receiver_id', 'state'], name='notice_waiting'),
        ),
    ]
