from tortoise import migrations
from tortoise.migrations import operations as ops

# References that were added to a table that stood already have been left without the index that the model asks for.
MISSING = (
    ('customer', 'group_id'),
    ('department', 'head_id'),
    ('invoice', 'made_by_id'),
    ('invoice', 'order_id'),
    ('invoice', 'reverses_id'),
    ('person', 'customer_id'),
    ('sales_order', 'quotation_id'),
)

class Migration(migrations.Migration):
    dependencies = [('models', '0012_supplier_returns')]

    initial = False

    operations = [
        ops.RunSQL(
            f'CREATE INDEX IF NOT EXISTS "{table}_{column}" ON "{table}" ("{column}")',
            reverse_sql=f'DROP INDEX IF EXISTS "{table}_{column}"',
        )
        for table, column in MISSING
    ]
