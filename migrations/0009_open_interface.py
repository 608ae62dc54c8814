"""The open interface: tokens of accounts (only their hashes), and what was read with them since the last line in the log.

A frozen copy, independent of models.py. Times get their default from the application.
"""
import uuid

from peewee import *  # noqa: F403  (as pwmigrate writes it)


def up(migrator, db):
    class Account(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        class Meta:
            database = db
            table_name = 'account'

    class Reading(Model):
        account = ForeignKeyField(Account, primary_key=True, on_delete='CASCADE')
        asked = JSONField(default=dict)
        network = CharField(null=True, max_length=64)
        noted_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'reading'
    db.create_tables([Reading])

    class Token(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        token_hash = CharField(unique=True, max_length=64)
        account = ForeignKeyField(Account, on_delete='CASCADE')
        name = CharField(max_length=80)
        made_at = DateTimeField()
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)
        network = CharField(null=True, max_length=64)
        revoked_at = DateTimeField(null=True)
        class Meta:
            database = db
            table_name = 'token'
    db.create_tables([Token])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('token'))
    migrator.migrate(migrator.drop_table('reading'))
