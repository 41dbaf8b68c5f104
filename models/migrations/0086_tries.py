from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0085_doubtful_batch')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='Deadline',
            options={'table': 'deadline', 'app': 'models', 'indexes': [Index(fields=['state', 'due_at'], name='deadline_due'), Index(fields=['about'], name='deadline_about')], 'pk_attr': 'id', 'table_description': 'A Call that falls due: a reminder, an expiry, an escalation; `due_at` moves on with each of its `tries`.'},
        ),
        ops.AddField(
            model_name='Deadline',
            name='tries',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AlterModelOptions(
            name='Job',
            options={'table': 'job', 'app': 'models', 'indexes': [Index(fields=['state'], name='job_state')], 'pk_attr': 'id', 'table_description': 'A long command: its inputs, how far it is, and where to go on; `tries` counts those of the chunk that is next.'},
        ),
        ops.AddField(
            model_name='Job',
            name='tries',
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
