"""Trigram indexes for search by parts of words: FTS5 beside the tables on SQLite, pg_trgm on PostgreSQL."""

from peewee import SqliteDatabase

TABLES = (("site", "search_text"), ("agency", "search_text"))


def up(migrator, db):
    if not isinstance(db, SqliteDatabase):
        db.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for table, column in TABLES:
            db.execute_sql(f"CREATE INDEX {table}_search ON {table} USING gin ({column} gin_trgm_ops)")
        return
    db.execute_sql(
        "CREATE VIRTUAL TABLE site_search USING fts5(search_text, content='site', content_rowid='number', tokenize='trigram')"
    )
    new, old = "(rowid, search_text) VALUES (new.number, new.search_text)", "(site_search, rowid, search_text) VALUES ('delete', old.number, old.search_text)"
    db.execute_sql(f"CREATE TRIGGER site_search_new AFTER INSERT ON site BEGIN INSERT INTO site_search{new}; END")
    db.execute_sql(f"CREATE TRIGGER site_search_gone AFTER DELETE ON site BEGIN INSERT INTO site_search{old}; END")
    db.execute_sql(
        "CREATE TRIGGER site_search_changed AFTER UPDATE OF search_text, number ON site WHEN old.search_text IS NOT new.search_text "
        f"BEGIN INSERT INTO site_search{old}; INSERT INTO site_search{new}; END"
    )


def down(migrator, db):
    if not isinstance(db, SqliteDatabase):
        for table, _ in TABLES:
            db.execute_sql(f"DROP INDEX {table}_search")
        return
    for trigger in ("new", "gone", "changed"):
        db.execute_sql(f"DROP TRIGGER site_search_{trigger}")
    db.execute_sql("DROP TABLE site_search")
