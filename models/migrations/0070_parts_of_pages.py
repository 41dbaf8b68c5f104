from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0063_orphaned')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='PageOpening',
            options={'table': 'page_opening', 'app': 'models', 'indexes': [Index(fields=['link_id', 'opened_at'], name='page_opening_link')], 'pk_attr': 'id', 'table_description': 'One opening of a link, or of one photo on its page, the `part`: when, from which address, with which program.'},
        ),
        ops.AddField(
            model_name='PageOpening',
            name='part',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
    ]
