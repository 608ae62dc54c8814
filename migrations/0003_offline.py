"""Offline work: conflicts for a person to settle, phones and what they hold, records merged into others.

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

    class Mutation(Model):
        id = UUIDField(primary_key=True)
        class Meta:
            database = db
            table_name = 'mutation'

    class Conflict(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        mutation = ForeignKeyField(Mutation, on_delete='RESTRICT')
        record_kind = CharField(max_length=10)
        record_id = UUIDField(index=True)
        province = CharField(index=True, null=True, max_length=2)
        field = CharField(max_length=40)
        stands = JSONField(null=True)
        offered = JSONField(null=True)
        settled_by = ForeignKeyField(Mutation, null=True, on_delete='RESTRICT', deferrable='INITIALLY DEFERRED')
        created_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'conflict'
    db.create_tables([Conflict])

    class Device(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        device_id = CharField(max_length=64)
        account = ForeignKeyField(Account, on_delete='CASCADE', index=False)
        waiting = IntegerField(default=0)
        oldest = DateTimeField(null=True)
        version = CharField(max_length=40, default='')
        browser = CharField(max_length=200, default='')
        drill = JSONField(default=dict)
        drill_at = DateTimeField(null=True)
        seen_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'device'
            indexes = ((('account', 'device_id'), True),)
    db.create_tables([Device])

    migrator.migrate(migrator.add_column('mutation', 'carried_by_id', ForeignKeyField(Account, field=Account.id, null=True, on_delete='RESTRICT', index=False)))
    migrator.migrate(migrator.add_column('site', 'merged_into', UUIDField(null=True)))
    migrator.migrate(migrator.add_column('camera', 'merged_into', UUIDField(null=True)))
    migrator.migrate(migrator.add_column('problem_report', 'merged_into', UUIDField(null=True)))
    migrator.migrate(migrator.add_column('proposed_point', 'merged_into', UUIDField(null=True)))
    migrator.migrate(migrator.add_column('status_update', 'merged_into', UUIDField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column('status_update', 'merged_into'))
    migrator.migrate(migrator.drop_column('proposed_point', 'merged_into'))
    migrator.migrate(migrator.drop_column('problem_report', 'merged_into'))
    migrator.migrate(migrator.drop_column('camera', 'merged_into'))
    migrator.migrate(migrator.drop_column('site', 'merged_into'))
    migrator.migrate(migrator.drop_column('mutation', 'carried_by_id'))
    migrator.migrate(migrator.drop_table('device'))
    migrator.migrate(migrator.drop_table('conflict'))
