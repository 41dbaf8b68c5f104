from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [('models', '0020_quota_stop')]

    initial = False

    operations = [
        # The question itself stays urgent; who does not want to be reminded of it can say so.
        ops.RunSQL(
            "UPDATE audience SET urgent = false WHERE kind = 'approval.reminder'",
            reverse_sql="UPDATE audience SET urgent = true WHERE kind = 'approval.reminder'",
        ),
    ]
