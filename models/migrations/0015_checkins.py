from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0014_welcome')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Checkin',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('place', fields.CharField(max_length=120)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'checkin', 'app': 'models', 'indexes': [Index(fields=['person_id', 'at'], name='checkin_person_at')], 'pk_attr': 'id', 'table_description': "Somebody was at a place at a moment, as their phone's map called it; never changed."},
            bases=['Row'],
        ),
    ]
