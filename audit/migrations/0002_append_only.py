from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from audit.immutability import refuse

GENESIS = "0" * 64


def begin_chain(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("audit", "ChainHead").objects.create(id=1, sequence=0, hash=GENESIS)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunPython(begin_chain, migrations.RunPython.noop),
        refuse("audit_event", verbs=["UPDATE", "DELETE"]),
        refuse("audit_chainhead", verbs=["UPDATE"], when="NEW.sequence <> OLD.sequence + 1"),
        refuse("audit_chainhead", verbs=["DELETE"]),
    ]
