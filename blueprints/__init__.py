"""The parts of the site: HTTP only. Each module's variable `bp` is its blueprint, mounted by app.py in this order."""

from blueprints import (
    account,
    accounts,
    agencies,
    analysis,
    audit,
    auth,
    cameras,
    conflicts,
    exports,
    home,
    imports,
    letters,
    mapped,
    photos,
    places,
    points,
    privacy,
    progress,
    reports,
    review,
    rounds,
    shell,
    sites,
    sync,
    waiting,
)

ALL = (home, auth, sites, cameras, points, reports, photos, places, agencies, waiting, conflicts, imports, exports, letters, review, progress, analysis, mapped,
       rounds, account, accounts, audit, privacy, sync, shell)
