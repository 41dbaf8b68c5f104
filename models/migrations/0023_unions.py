from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0022_official_subscriptions')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Conversation',
            name='ask_union_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Conversation',
            name='unionid',
            field=fields.CharField(default='', db_default='', max_length=64),
        ),
        ops.AddIndex(
            model_name='Conversation',
            index=Index(fields=['unionid'], name='conversation_union'),
        ),
        ops.AddIndex(
            model_name='Conversation',
            index=Index(fields=['ask_union_at'], name='conversation_ask_union'),
        ),
        ops.AddField(
            model_name='ExternalContact',
            name='look_up_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='ExternalContact',
            name='name',
            field=fields.CharField(default='', db_default='', max_length=80),
        ),
        ops.AddField(
            model_name='ExternalContact',
            name='tries',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddIndex(
            model_name='ExternalContact',
            index=Index(fields=['look_up_at'], name='external_contact_look_up'),
        ),
    ]
