"""The centre: rounds with expectations, declarations and certifications, kept totals and cells of the map, what a review leaves on a record.

A frozen copy, independent of models.py. `index=False` and WITHOUT ROWID were added by hand: pwmigrate does not write them. Times get their
default from the application. The totals are empty until they are counted: `flask migrate` does so, and `flask recount` at any time.
"""
import uuid

from peewee import *  # noqa: F403  (as pwmigrate writes it)


def up(migrator, db):
    class Account(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        class Meta:
            database = db
            table_name = 'account'

    class Agency(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        class Meta:
            database = db
            table_name = 'agency'

    class Cell(Model):
        size = IntegerField()
        province = CharField(max_length=2)
        y = IntegerField()
        x = IntegerField()
        layer = CharField(max_length=10)
        code = CharField(max_length=20)
        state = CharField(max_length=10)
        number = IntegerField()
        class Meta:
            database = db
            table_name = 'cell'
            primary_key = CompositeKey('size', 'layer', 'y', 'x', 'province', 'code', 'state')
            without_rowid = isinstance(db, SqliteDatabase)  # one tree instead of two: a sum reads its rows in a row
    db.create_tables([Cell])

    class Round(Model):
        number = IntegerField(primary_key=True)
        name = CharField(max_length=120)
        starts_on = DateField()
        deadline = DateField()
        counts = CharField(max_length=10, default='camera')
        steps = JSONField(default=list)
        opened_by = ForeignKeyField(Account, on_delete='RESTRICT', index=False)
        created_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'round'
    db.create_tables([Round])

    class Certification(Model):
        round = ForeignKeyField(Round, on_delete='RESTRICT', index=False)
        province = CharField(max_length=2)
        step = CharField(max_length=10)
        name = CharField(max_length=120)
        position = CharField(max_length=120)
        letter_number = CharField(null=True, max_length=80)
        letter_date = DateField(null=True)
        reason = CharField(null=True, max_length=500)
        figures = JSONField(default=dict)
        account = ForeignKeyField(Account, on_delete='RESTRICT', index=False)
        at = DateTimeField()
        class Meta:
            database = db
            table_name = 'certification'
            indexes = ((('round', 'province'), False),)
    db.create_tables([Certification])

    class Declaration(Model):
        round = ForeignKeyField(Round, on_delete='CASCADE', index=False)
        province = CharField(max_length=2)
        agency = ForeignKeyField(Agency, on_delete='CASCADE')
        state = CharField(max_length=20)
        declared_by = ForeignKeyField(Account, on_delete='RESTRICT', index=False)
        declared_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'declaration'
            indexes = ((('round', 'province', 'agency'), True),)
    db.create_tables([Declaration])

    class Expectation(Model):
        round = ForeignKeyField(Round, on_delete='CASCADE', index=False)
        province = CharField(max_length=2)
        agency = ForeignKeyField(Agency, null=True, on_delete='CASCADE')
        number = IntegerField()
        set_by = ForeignKeyField(Account, on_delete='RESTRICT', index=False)
        set_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'expectation'
            indexes = ((('round', 'province', 'agency'), False),)
    db.create_tables([Expectation])

    class Total(Model):
        kind = CharField(max_length=10)
        question = CharField(max_length=30)
        round = IntegerField()
        area = CharField(max_length=2)
        code = CharField(max_length=80)
        state = CharField(max_length=10)
        number = BigIntegerField()
        class Meta:
            database = db
            table_name = 'total'
            primary_key = CompositeKey('kind', 'question', 'round', 'area', 'code', 'state')
            without_rowid = isinstance(db, SqliteDatabase)  # one tree instead of two: a sum reads its rows in a row
    db.create_tables([Total])

    migrator.migrate(migrator.add_column('site', 'reviewed_at', DateTimeField(null=True)))
    migrator.migrate(migrator.add_column('site', 'review_note', CharField(null=True, max_length=500)))
    migrator.migrate(migrator.add_column('site', 'matters', CharField(null=True, max_length=300)))
    migrator.migrate(migrator.add_column('camera', 'reviewed_at', DateTimeField(null=True)))
    migrator.migrate(migrator.add_column('camera', 'review_note', CharField(null=True, max_length=500)))
    migrator.migrate(migrator.add_column('camera', 'matters', CharField(null=True, max_length=300)))
    migrator.migrate(migrator.add_column('problem_report', 'reviewed_at', DateTimeField(null=True)))
    migrator.migrate(migrator.add_column('problem_report', 'review_note', CharField(null=True, max_length=500)))
    migrator.migrate(migrator.add_column('problem_report', 'matters', CharField(null=True, max_length=300)))
    migrator.migrate(migrator.add_column('proposed_point', 'reviewed_at', DateTimeField(null=True)))
    migrator.migrate(migrator.add_column('proposed_point', 'review_note', CharField(null=True, max_length=500)))
    migrator.migrate(migrator.add_column('proposed_point', 'matters', CharField(null=True, max_length=300)))
    migrator.migrate(migrator.add_column('status_update', 'reviewed_at', DateTimeField(null=True)))
    migrator.migrate(migrator.add_column('status_update', 'review_note', CharField(null=True, max_length=500)))
    migrator.migrate(migrator.add_column('status_update', 'matters', CharField(null=True, max_length=300)))
    migrator.migrate(migrator.drop_index('camera', 'camera_site_id_status'))
    migrator.migrate(migrator.add_index('camera', ('site_id', 'status', 'review_state'), False))
    migrator.migrate(migrator.add_index('site', ('province', 'review_state', 'matters'), False))


def down(migrator, db):
    migrator.migrate(migrator.drop_index('site', 'site_province_review_state_matters'))
    migrator.migrate(migrator.drop_index('camera', 'camera_site_id_status_review_state'))
    migrator.migrate(migrator.add_index('camera', ('site_id', 'status'), False))
    migrator.migrate(migrator.drop_column('status_update', 'matters'))
    migrator.migrate(migrator.drop_column('status_update', 'review_note'))
    migrator.migrate(migrator.drop_column('status_update', 'reviewed_at'))
    migrator.migrate(migrator.drop_column('proposed_point', 'matters'))
    migrator.migrate(migrator.drop_column('proposed_point', 'review_note'))
    migrator.migrate(migrator.drop_column('proposed_point', 'reviewed_at'))
    migrator.migrate(migrator.drop_column('problem_report', 'matters'))
    migrator.migrate(migrator.drop_column('problem_report', 'review_note'))
    migrator.migrate(migrator.drop_column('problem_report', 'reviewed_at'))
    migrator.migrate(migrator.drop_column('camera', 'matters'))
    migrator.migrate(migrator.drop_column('camera', 'review_note'))
    migrator.migrate(migrator.drop_column('camera', 'reviewed_at'))
    migrator.migrate(migrator.drop_column('site', 'matters'))
    migrator.migrate(migrator.drop_column('site', 'review_note'))
    migrator.migrate(migrator.drop_column('site', 'reviewed_at'))
    migrator.migrate(migrator.drop_table('total'))
    migrator.migrate(migrator.drop_table('expectation'))
    migrator.migrate(migrator.drop_table('declaration'))
    migrator.migrate(migrator.drop_table('certification'))
    migrator.migrate(migrator.drop_table('round'))
    migrator.migrate(migrator.drop_table('cell'))
