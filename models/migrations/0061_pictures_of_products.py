from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0060_visit')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='Attachment',
            name='about',
            field=fields.CharField(default='', max_length=40),
        ),
    ]
