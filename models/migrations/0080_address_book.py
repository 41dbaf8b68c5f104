from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0076_bills')]

    initial = False

    operations = [
        ops.CreateModel(
            name='BookReading',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('door', fields.CharField(unique=True, max_length=12)),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('leased_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('read_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'book_reading', 'app': 'models', 'pk_attr': 'id', 'table_description': 'When the address book of a door is to be read whole; one worker does it, who holds it `leased_until` then.'},
            bases=['Row'],
        ),
        ops.CreateModel(
            name='WorkMember',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('userid', fields.CharField(unique=True, max_length=64)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('left_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'work_member', 'app': 'models', 'pk_attr': 'id', 'table_description': "A userid of WeCom's address book: when it was last heard of there, and when it left."},
            bases=['Row'],
        ),
    ]
