"""Lists of owners that are brought in: the list, its rows until they are applied, and what a person said of its columns.

A frozen copy, independent of models.py. `index=False` was added by hand: pwmigrate does not write it. Times get their default from the application.
"""
import uuid

from peewee import *  # noqa: F403  (as pwmigrate writes it)


def up(migrator, db):
    class Account(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        class Meta:
            database = db
            table_name = 'account'

    class Import(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        account = ForeignKeyField(Account, on_delete='RESTRICT')
        province = CharField(index=True, null=True, max_length=2)
        filename = CharField(max_length=200)
        sha256 = CharField(max_length=64)
        size = IntegerField()
        format = CharField(max_length=10)
        encoding = CharField(max_length=20, default='')
        state = CharField(index=True, max_length=10, default='uploaded')
        plans = JSONField(default=list)
        options = JSONField(default=dict)
        summary = JSONField(default=dict)
        problem = CharField(null=True, max_length=40)
        total = IntegerField(default=0)
        progress = IntegerField(default=0)
        worker = CharField(null=True, max_length=80)
        beat = DateTimeField(null=True)
        created_at = DateTimeField()
        updated_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'import'
    db.create_tables([Import])

    class ImportLayout(Model):
        account = ForeignKeyField(Account, on_delete='CASCADE', index=False)
        key = CharField(max_length=40)
        kind = CharField(max_length=10)
        columns = JSONField(default=dict)
        class Meta:
            database = db
            table_name = 'import_layout'
            indexes = ((('account', 'key'), True),)
    db.create_tables([ImportLayout])

    class ImportRow(Model):
        source = ForeignKeyField(Import, on_delete='CASCADE', index=False)
        sheet = IntegerField()
        number = IntegerField()
        cells = JSONField(default=list)
        state = CharField(max_length=8, default='raw')
        kind = CharField(max_length=10, default='camera')
        record_id = UUIDField(null=True)
        is_new = BooleanField(default=False)
        answers = JSONField(default=dict)
        cameras = JSONField(default=list)
        camera_count = IntegerField(default=0)
        problems = JSONField(default=list)
        latitude = FloatField(null=True)
        longitude = FloatField(null=True)
        class Meta:
            database = db
            table_name = 'import_row'
            indexes = ((('source', 'sheet', 'number'), True), (('source', 'state'), False))
    db.create_tables([ImportRow])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('import_row'))
    migrator.migrate(migrator.drop_table('import_layout'))
    migrator.migrate(migrator.drop_table('import'))
