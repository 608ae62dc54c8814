"""The first tables, written by pwmigrate from models.py and read by a person.

A frozen copy, independent of models.py. `index=False` was added by hand: pwmigrate does not write it. Times get their default from the application.
"""
import uuid

from peewee import *  # noqa: F403  (as pwmigrate writes it)


def up(migrator, db):
    class Agency(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        name = CharField(index=True, max_length=200)
        short_name = CharField(null=True, max_length=80)
        kind = CharField(null=True, max_length=30)
        kind_other = CharField(null=True, max_length=120)
        parent = ForeignKeyField('self', null=True, on_delete='SET NULL')
        province = CharField(index=True, null=True, max_length=2)
        address = CharField(null=True, max_length=300)
        phones = CharField(null=True, max_length=200)
        contact_positions = CharField(null=True, max_length=200)
        cooperation = CharField(null=True, max_length=20)
        declaration = CharField(null=True, max_length=20)
        confirmed = BooleanField(default=True)
        search_text = CharField(max_length=400, default='')
        created_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'agency'
    db.create_tables([Agency])

    class Account(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        username = CharField(unique=True, max_length=80)
        name = CharField(max_length=120)
        role = CharField(max_length=20)
        password_hash = CharField(max_length=200)
        provinces = JSONField(default=list)
        districts = JSONField(default=list)
        agency = ForeignKeyField(Agency, null=True, on_delete='SET NULL')
        phone = CharField(null=True, max_length=80)
        language = CharField(null=True, max_length=5)
        disabled_at = DateTimeField(null=True)
        created_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'account'
    db.create_tables([Account])

    class Audit(Model):
        number = IntegerField(primary_key=True)
        at = DateTimeField()
        account = ForeignKeyField(Account, null=True, on_delete='RESTRICT', index=False)
        action = CharField(max_length=30)
        subject_kind = CharField(null=True, max_length=20)
        subject_id = CharField(null=True, max_length=80)
        detail = JSONField(default=dict)
        network = CharField(null=True, max_length=64)
        previous = CharField(max_length=64)
        hash = CharField(max_length=64)
        class Meta:
            database = db
            table_name = 'audit'
            indexes = ((('account', 'number'), False), (('subject_id', 'number'), False))
    db.create_tables([Audit])

    class Site(Model):
        id = UUIDField(primary_key=True)
        number = IntegerField(unique=True)
        rev = IntegerField(index=True)
        review_state = CharField(index=True, max_length=10, default='pending')
        recorder = ForeignKeyField(Account, field=Account.id, on_delete='RESTRICT', index=False)
        unit = ForeignKeyField(Agency, field=Agency.id, null=True, on_delete='SET NULL', index=False)
        on_behalf = BooleanField(default=False)
        not_known = JSONField(default=list)
        extra = JSONField(default=dict)
        flags = JSONField(default=list)
        answered = IntegerField(default=0)
        to_answer = IntegerField(default=0)
        captured_at = DateTimeField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        install_point = CharField(null=True, max_length=200)
        place = CharField(null=True, max_length=200)
        place_type = CharField(null=True, max_length=30)
        place_type_other = CharField(null=True, max_length=120)
        owner_agency = ForeignKeyField(Agency, null=True, on_delete='RESTRICT')
        user_agencies = JSONField(null=True)
        owner_sector = CharField(null=True, max_length=30)
        contact_name = CharField(null=True, max_length=120)
        contact_position = CharField(null=True, max_length=120)
        contact_phone = CharField(null=True, max_length=200)
        address = CharField(null=True, max_length=300)
        province = CharField(null=True, max_length=2)
        district = CharField(null=True, max_length=4)
        subdistrict = CharField(null=True, max_length=6)
        police_station = ForeignKeyField(Agency, null=True, on_delete='SET NULL')
        patrol_area = CharField(null=True, max_length=120)
        project = CharField(null=True, max_length=200)
        installed_budget = CharField(null=True, max_length=200)
        installed_budget_year = IntegerField(null=True)
        latitude = FloatField(null=True)
        longitude = FloatField(null=True)
        position_accuracy_m = FloatField(null=True)
        position_source = CharField(null=True, max_length=10)
        area_type = JSONField(null=True)
        area_type_other = CharField(null=True, max_length=120)
        recorder_brand = CharField(null=True, max_length=80)
        recorder_model = CharField(null=True, max_length=80)
        network_linked = CharField(null=True, max_length=20)
        control_centre = CharField(null=True, max_length=200)
        network_type = CharField(null=True, max_length=20)
        network_type_other = CharField(null=True, max_length=120)
        network_provider = CharField(null=True, max_length=120)
        retention_days = IntegerField(null=True)
        storage_method = JSONField(null=True)
        storage_process = TextField(null=True)
        disclosure = JSONField(null=True)
        requests_per_month = FloatField(null=True)
        access_days = IntegerField(null=True)
        access_steps = TextField(null=True)
        sufficiency = CharField(null=True, max_length=20)
        restricted = CharField(null=True, max_length=3)
        details = TextField(null=True)
        search_text = TextField(default='')
        class Meta:
            database = db
            table_name = 'site'
            indexes = ((('province', 'rev'), False), (('latitude', 'longitude'), False), (('owner_agency', 'rev'), False), (('recorder', 'rev'), False))
    db.create_tables([Site])

    class Camera(Model):
        id = UUIDField(primary_key=True)
        number = IntegerField(unique=True)
        rev = IntegerField(index=True)
        review_state = CharField(index=True, max_length=10, default='pending')
        recorder = ForeignKeyField(Account, field=Account.id, on_delete='RESTRICT', index=False)
        unit = ForeignKeyField(Agency, field=Agency.id, null=True, on_delete='SET NULL', index=False)
        on_behalf = BooleanField(default=False)
        not_known = JSONField(default=list)
        extra = JSONField(default=dict)
        flags = JSONField(default=list)
        answered = IntegerField(default=0)
        to_answer = IntegerField(default=0)
        captured_at = DateTimeField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        site = ForeignKeyField(Site, on_delete='CASCADE', index=False)
        label = CharField(null=True, max_length=80)
        asset_number = CharField(null=True, max_length=60)
        camera_brand = CharField(null=True, max_length=80)
        camera_model = CharField(null=True, max_length=80)
        install_year = IntegerField(null=True)
        camera_system = CharField(null=True, max_length=20)
        camera_system_other = CharField(null=True, max_length=120)
        camera_type = CharField(null=True, max_length=20)
        camera_type_other = CharField(null=True, max_length=120)
        connection = CharField(null=True, max_length=20)
        mobile_view = CharField(null=True, max_length=10)
        stream_url = CharField(null=True, max_length=300)
        faces_public = CharField(null=True, max_length=10)
        latitude = FloatField(null=True)
        longitude = FloatField(null=True)
        bearing = FloatField(null=True)
        view_angle = FloatField(null=True)
        view_range_m = FloatField(null=True)
        status = CharField(max_length=20, default='not_verified')
        problems = JSONField(null=True)
        problems_other = CharField(null=True, max_length=120)
        problem_note = TextField(null=True)
        effectiveness_day = IntegerField(null=True)
        effectiveness_night = IntegerField(null=True)
        maintenance = CharField(null=True, max_length=20)
        details = TextField(null=True)
        status_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'camera'
            indexes = ((('site', 'status'), False), (('recorder', 'rev'), False))
    db.create_tables([Camera])

    class LoginFailure(Model):
        key = CharField(primary_key=True, max_length=120)
        count = IntegerField()
        last_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'login_failure'
    db.create_tables([LoginFailure])

    class Meta(Model):
        key = CharField(primary_key=True, max_length=40)
        value = CharField(max_length=200)
        class Meta:
            database = db
            table_name = 'meta'
    db.create_tables([Meta])

    class Mutation(Model):
        id = UUIDField(primary_key=True)
        rev = IntegerField(unique=True)
        kind = CharField(max_length=10)
        op = CharField(max_length=10)
        record_id = UUIDField()
        parent_id = UUIDField(index=True, null=True)
        owner = ForeignKeyField(Account, on_delete='RESTRICT', index=False)
        device_id = CharField(null=True, max_length=64)
        payload = TextField()
        payload_sha256 = CharField(max_length=64)
        applied = BooleanField(default=True)
        changes = JSONField(default=dict)
        conflicts = JSONField(default=dict)
        flags = JSONField(default=list)
        answer = JSONField(default=dict)
        captured_at = DateTimeField()
        received_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'mutation'
            indexes = ((('record_id', 'rev'), False), (('owner', 'rev'), False))
    db.create_tables([Mutation])

    class Upload(Model):
        sha256 = CharField(max_length=64)
        account = ForeignKeyField(Account, on_delete='RESTRICT')
        media_type = CharField(max_length=20)
        size = IntegerField()
        width = IntegerField(null=True)
        height = IntegerField(null=True)
        decodable = BooleanField(default=True)
        flags = JSONField(default=list)
        exif = JSONField(default=dict)
        received_at = DateTimeField()
        class Meta:
            database = db
            table_name = 'upload'
            indexes = ((('sha256', 'account'), True),)
    db.create_tables([Upload])

    class Photo(Model):
        id = UUIDField(primary_key=True, default=uuid.uuid4)
        record_kind = CharField(max_length=10)
        record_id = UUIDField()
        sha256 = CharField(index=True, max_length=64)
        owner = ForeignKeyField(Account, on_delete='RESTRICT')
        upload = ForeignKeyField(Upload, null=True, on_delete='RESTRICT')
        kind = CharField(null=True, max_length=20)
        caption = CharField(null=True, max_length=200)
        latitude = FloatField(null=True)
        longitude = FloatField(null=True)
        accuracy_m = FloatField(null=True)
        taken_at = DateTimeField(null=True)
        blur = JSONField(default=list)
        removed = BooleanField(default=False)
        position_no = IntegerField(default=0)
        class Meta:
            database = db
            table_name = 'photo'
            indexes = ((('record_kind', 'record_id', 'sha256'), True),)
    db.create_tables([Photo])

    class ProblemReport(Model):
        id = UUIDField(primary_key=True)
        number = IntegerField(unique=True)
        rev = IntegerField(index=True)
        review_state = CharField(index=True, max_length=10, default='pending')
        recorder = ForeignKeyField(Account, field=Account.id, on_delete='RESTRICT', index=False)
        unit = ForeignKeyField(Agency, field=Agency.id, null=True, on_delete='SET NULL', index=False)
        on_behalf = BooleanField(default=False)
        not_known = JSONField(default=list)
        extra = JSONField(default=dict)
        flags = JSONField(default=list)
        answered = IntegerField(default=0)
        to_answer = IntegerField(default=0)
        captured_at = DateTimeField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        agency = ForeignKeyField(Agency, null=True, on_delete='RESTRICT')
        province = CharField(null=True, max_length=2)
        linking = TextField(null=True)
        linking_severity = IntegerField(null=True)
        usage = TextField(null=True)
        usage_severity = IntegerField(null=True)
        storage = TextField(null=True)
        storage_severity = IntegerField(null=True)
        service = TextField(null=True)
        service_severity = IntegerField(null=True)
        maintenance = TextField(null=True)
        maintenance_severity = IntegerField(null=True)
        other = TextField(null=True)
        other_severity = IntegerField(null=True)
        suggestions = TextField(null=True)
        class Meta:
            database = db
            table_name = 'problem_report'
            indexes = ((('province', 'rev'), False), (('recorder', 'rev'), False))
    db.create_tables([ProblemReport])

    class ProposedPoint(Model):
        id = UUIDField(primary_key=True)
        number = IntegerField(unique=True)
        rev = IntegerField(index=True)
        review_state = CharField(index=True, max_length=10, default='pending')
        recorder = ForeignKeyField(Account, field=Account.id, on_delete='RESTRICT', index=False)
        unit = ForeignKeyField(Agency, field=Agency.id, null=True, on_delete='SET NULL', index=False)
        on_behalf = BooleanField(default=False)
        not_known = JSONField(default=list)
        extra = JSONField(default=dict)
        flags = JSONField(default=list)
        answered = IntegerField(default=0)
        to_answer = IntegerField(default=0)
        captured_at = DateTimeField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        location = CharField(null=True, max_length=200)
        latitude = FloatField(null=True)
        longitude = FloatField(null=True)
        position_accuracy_m = FloatField(null=True)
        position_source = CharField(null=True, max_length=10)
        province = CharField(null=True, max_length=2)
        district = CharField(null=True, max_length=4)
        subdistrict = CharField(null=True, max_length=6)
        police_station = ForeignKeyField(Agency, null=True, on_delete='SET NULL')
        project_status = CharField(null=True, max_length=20)
        reason = TextField(null=True)
        reason_type = JSONField(null=True)
        reason_type_other = CharField(null=True, max_length=120)
        camera_count = IntegerField(null=True)
        budget_source = CharField(null=True, max_length=200)
        budget_amount = DecimalField(null=True, max_digits=14, decimal_places=2)
        budget_year = IntegerField(null=True)
        priority = IntegerField(null=True)
        class Meta:
            database = db
            table_name = 'proposed_point'
            indexes = ((('province', 'rev'), False), (('latitude', 'longitude'), False), (('recorder', 'rev'), False))
    db.create_tables([ProposedPoint])

    class Session(Model):
        token_hash = CharField(primary_key=True, max_length=64)
        account = ForeignKeyField(Account, on_delete='CASCADE')
        created_at = DateTimeField()
        seen_at = DateTimeField()
        ended_at = DateTimeField(null=True)
        device = CharField(max_length=200, default='')
        class Meta:
            database = db
            table_name = 'session'
    db.create_tables([Session])

    class StatusUpdate(Model):
        id = UUIDField(primary_key=True)
        number = IntegerField(unique=True)
        rev = IntegerField(index=True)
        review_state = CharField(index=True, max_length=10, default='pending')
        recorder = ForeignKeyField(Account, field=Account.id, on_delete='RESTRICT', index=False)
        unit = ForeignKeyField(Agency, field=Agency.id, null=True, on_delete='SET NULL', index=False)
        on_behalf = BooleanField(default=False)
        not_known = JSONField(default=list)
        extra = JSONField(default=dict)
        flags = JSONField(default=list)
        answered = IntegerField(default=0)
        to_answer = IntegerField(default=0)
        captured_at = DateTimeField()
        created_at = DateTimeField()
        updated_at = DateTimeField()
        camera = ForeignKeyField(Camera, on_delete='CASCADE', index=False)
        status = CharField(max_length=20, default='not_verified')
        problems = JSONField(null=True)
        problems_other = CharField(null=True, max_length=120)
        note = CharField(null=True, max_length=500)
        latitude = FloatField(null=True)
        longitude = FloatField(null=True)
        position_accuracy_m = FloatField(null=True)
        class Meta:
            database = db
            table_name = 'status_update'
            indexes = ((('camera', 'captured_at'), False), (('recorder', 'rev'), False))
    db.create_tables([StatusUpdate])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('status_update'))
    migrator.migrate(migrator.drop_table('session'))
    migrator.migrate(migrator.drop_table('proposed_point'))
    migrator.migrate(migrator.drop_table('problem_report'))
    migrator.migrate(migrator.drop_table('photo'))
    migrator.migrate(migrator.drop_table('upload'))
    migrator.migrate(migrator.drop_table('mutation'))
    migrator.migrate(migrator.drop_table('meta'))
    migrator.migrate(migrator.drop_table('login_failure'))
    migrator.migrate(migrator.drop_table('camera'))
    migrator.migrate(migrator.drop_table('site'))
    migrator.migrate(migrator.drop_table('audit'))
    migrator.migrate(migrator.drop_table('account'))
    migrator.migrate(migrator.drop_table('agency'))
