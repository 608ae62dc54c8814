"""Accounts handed on: invitations, second factors, whose business an audit row is, contact persons who were told.

A frozen copy, independent of models.py. `index=False` was added by hand: pwmigrate does not write it. Times get their default from the application.
"""
import json
import uuid

from peewee import *  # noqa: F403  (as pwmigrate writes it)


def up(migrator, db):
    class Agency(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        class Meta:
            database = db
            table_name = 'agency'

    class Account(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        class Meta:
            database = db
            table_name = 'account'

    class Site(Model):
        id = UUIDField(primary_key=True)
        class Meta:
            database = db
            table_name = 'site'

    class ContactNotice(Model):
        site = ForeignKeyField(Site, primary_key=True, on_delete='CASCADE')
        told_by = ForeignKeyField(Account, on_delete='RESTRICT', index=False)
        told_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'contact_notice'
    db.create_tables([ContactNotice])

    class Invitation(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        account = ForeignKeyField(Account, on_delete='CASCADE')
        code_hash = CharField(unique=True, max_length=64)
        made_by = ForeignKeyField(Account, null=True, on_delete='SET NULL', index=False)
        made_at = DateTimeField()
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)
        withdrawn_at = DateTimeField(null=True)
        class Meta:
            database = db
            table_name = 'invitation'
    db.create_tables([Invitation])

    migrator.migrate(migrator.add_column('agency', 'merged_into_id', ForeignKeyField(Agency, field=Agency.id, null=True, on_delete='SET NULL', index=False)))
    migrator.migrate(migrator.add_column('account', 'province', CharField(index=True, null=True, max_length=2)))
    migrator.migrate(migrator.add_column('account', 'chief', BooleanField(default=False)))
    migrator.migrate(migrator.add_column('account', 'made_by_id', ForeignKeyField(Account, field=Account.id, null=True, on_delete='SET NULL', index=False)))
    migrator.migrate(migrator.add_column('account', 'ended', BooleanField(default=False)))
    migrator.migrate(migrator.add_column('account', 'password_at', DateTimeField(null=True)))
    migrator.migrate(migrator.add_column('account', 'totp_secret', CharField(null=True, max_length=64)))
    migrator.migrate(migrator.add_column('account', 'totp_step', IntegerField(null=True)))
    migrator.migrate(migrator.add_column('account', 'recovery', JSONField(null=True)))
    migrator.migrate(migrator.add_column('audit', 'province', CharField(null=True, max_length=2)))
    migrator.migrate(migrator.add_column('mutation', 'province', CharField(null=True, max_length=2)))
    migrator.migrate(migrator.add_column('session', 'fresh_at', DateTimeField(null=True)))
    migrator.migrate(migrator.add_column('session', 'network', CharField(null=True, max_length=64)))
    migrator.migrate(migrator.add_index('audit', ('province', 'number')))

    for ident, provinces in list(Account.raw('SELECT id, provinces FROM account').tuples()):  # whoever has just one province
        codes = json.loads(provinces) if isinstance(provinces, str) else provinces or []
        if len(codes) == 1:
            db.execute_sql(f"UPDATE account SET province = {db.param} WHERE id = {db.param}", (codes[0], ident))


def down(migrator, db):
    migrator.migrate(migrator.drop_index('audit', 'audit_province_number'))
    migrator.migrate(migrator.drop_index('account', 'account_province'))
    migrator.migrate(migrator.drop_column('session', 'network'))
    migrator.migrate(migrator.drop_column('session', 'fresh_at'))
    migrator.migrate(migrator.drop_column('mutation', 'province'))
    migrator.migrate(migrator.drop_column('audit', 'province'))
    migrator.migrate(migrator.drop_column('account', 'recovery'))
    migrator.migrate(migrator.drop_column('account', 'totp_step'))
    migrator.migrate(migrator.drop_column('account', 'totp_secret'))
    migrator.migrate(migrator.drop_column('account', 'password_at'))
    migrator.migrate(migrator.drop_column('account', 'ended'))
    migrator.migrate(migrator.drop_column('account', 'made_by_id'))
    migrator.migrate(migrator.drop_column('account', 'chief'))
    migrator.migrate(migrator.drop_column('account', 'province'))
    migrator.migrate(migrator.drop_column('agency', 'merged_into_id'))
    migrator.migrate(migrator.drop_table('invitation'))
    migrator.migrate(migrator.drop_table('contact_notice'))
