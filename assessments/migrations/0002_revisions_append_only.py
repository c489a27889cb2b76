from django.db import migrations

from audit.immutability import refuse


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [refuse("assessments_responserevision", verbs=["UPDATE", "DELETE"])]
