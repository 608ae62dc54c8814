"""When a contact person was named, so that each new one is told, not each site's first.

A frozen copy, independent of models.py. The table is made anew from the old one: who was named before this was named with the site.
"""
import uuid

from peewee import *  # noqa: F403  (as pwmigrate writes it)

FILL = """INSERT INTO contact_notice (site_id, named_at, told_by_id, told_at)
SELECT s.id, s.created_at, t.told_by_id, t.told_at FROM site s JOIN account a ON a.id = s.recorder_id LEFT JOIN contact_told t ON t.site_id = s.id
WHERE COALESCE(s.contact_name, s.contact_position, s.contact_phone) IS NOT NULL
AND (t.site_id IS NOT NULL OR a.role <> 'agency' OR a.agency_id IS NULL OR s.owner_agency_id IS NULL OR a.agency_id <> s.owner_agency_id)"""
BACK = """INSERT INTO contact_notice (site_id, told_by_id, told_at) SELECT site_id, told_by_id, told_at FROM contact_named WHERE told_at IS NOT NULL"""


def _tables(db):
    class Account(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        class Meta:
            database = db
            table_name = 'account'

    class Site(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        class Meta:
            database = db
            table_name = 'site'
    return Account, Site


def up(migrator, db):
    Account, Site = _tables(db)
    db.execute_sql('CREATE TABLE contact_told AS SELECT * FROM contact_notice')  # (renamed, the old table would keep its key's name on PostgreSQL)
    migrator.migrate(migrator.drop_table('contact_notice'))

    class ContactNotice(Model):
        site = ForeignKeyField(Site, primary_key=True, on_delete='CASCADE')
        named_at = DateTimeField()
        told_by = ForeignKeyField(Account, null=True, on_delete='RESTRICT', index=False)
        told_at = DateTimeField(null=True)
        class Meta:
            database = db
            table_name = 'contact_notice'
    db.create_tables([ContactNotice])
    db.execute_sql(FILL)
    migrator.migrate(migrator.drop_table('contact_told'))


def down(migrator, db):
    Account, Site = _tables(db)
    db.execute_sql('CREATE TABLE contact_named AS SELECT * FROM contact_notice')
    migrator.migrate(migrator.drop_table('contact_notice'))

    class ContactNotice(Model):
        site = ForeignKeyField(Site, primary_key=True, on_delete='CASCADE')
        told_by = ForeignKeyField(Account, on_delete='RESTRICT', index=False)
        told_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'contact_notice'
    db.create_tables([ContactNotice])
    db.execute_sql(BACK)
    migrator.migrate(migrator.drop_table('contact_named'))
