from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0070_parts_of_pages')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Clearing',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('source', fields.CharField(db_index=True, max_length=20)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('kind', fields.CharField(max_length=12)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('reason', fields.CharField(max_length=120)),
                ('state', fields.CharField(default='done', max_length=12)),
                ('cleared_on', fields.DateField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'clearing', 'app': 'models', 'constraints': [CheckConstraint(check='amount <> 0', name='clearing_amount'), CheckConstraint(check="(kind = 'person') = (person_id IS NOT NULL)", name='clearing_payer')], 'pk_attr': 'id', 'table_description': 'So much of what a stock document left on 待处理财产损溢, and where it went: positive what was lost, negative what was found.'},
            bases=['Row'],
        ),
    ]
