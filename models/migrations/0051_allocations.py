from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint

class Migration(migrations.Migration):
    dependencies = [('models', '0050_buyer')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Refund',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('payment', fields.ForeignKeyField('models.Payment', source_field='payment_id', db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
                ('amount', fields.DecimalField(max_digits=18, decimal_places=2)),
                ('paid_on', fields.DateField()),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('made_by', fields.ForeignKeyField('models.Person', source_field='made_by_id', null=True, db_index=True, db_constraint=True, to_field='id', related_name=False, on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'refund', 'app': 'models', 'constraints': [CheckConstraint(check='amount <> 0', name='refund_amount')], 'pk_attr': 'id', 'table_description': 'So much of a payment paid back out of what was on account; what is undone is a negative row.'},
            bases=['Row'],
        ),
        ops.AlterModelOptions(
            name='Allocation',
            options={'table': 'allocation', 'app': 'models', 'pk_attr': 'id', 'table_description': 'So much of an invoice settled, by a payment or otherwise, as its `kind` says; what is undone is a negative row.'},
        ),
        ops.AddField(
            model_name='Allocation',
            name='kind',
            field=fields.CharField(default='payment', db_default='payment', max_length=12),
        ),
        ops.RunSQL(
            "UPDATE allocation SET kind = CASE WHEN reason LIKE '红冲%' THEN 'red' ELSE 'rounding' END WHERE payment_id IS NULL",
            reverse_sql="",
        ),
        # Where it was not kept yet, the books know when money went back.
        ops.RunSQL(
            "INSERT INTO refund (payment_id, amount, paid_on, made_at, made_by_id) "
            "SELECT p.id, -l.amount, e.booked_on, e.made_at, e.made_by_id FROM payment p "
            "JOIN journal_entry e ON e.document = p.number AND e.memo = '退款' "
            "JOIN journal_line l ON l.entry_id = e.id JOIN account a ON a.id = l.account_id AND a.code = '1002' "
            "WHERE p.refunded > 0",
            reverse_sql="",
        ),
    ]
