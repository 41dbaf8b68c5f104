from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0053_closing')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Visit',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('number', fields.CharField(unique=True, max_length=20)),
                ('customer', fields.ForeignKeyField('models.Customer', source_field='customer_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('lead', fields.ForeignKeyField('models.Lead', source_field='lead_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('note', fields.CharField(default='', max_length=200)),
                ('visited_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('next_on', fields.DateField(null=True)),
            ],
            options={'table': 'visit', 'app': 'models', 'constraints': [CheckConstraint(check='(customer_id IS NULL) <> (lead_id IS NULL)', name='visit_of_one')], 'indexes': [Index(fields=['customer_id', 'visited_at'], name='visit_customer_at')], 'pk_attr': 'id', 'table_description': "Somebody was at a customer's, or at a lead's, and what came of it; `next_on` is when they go again."},
            bases=['Row'],
        ),
    ]
