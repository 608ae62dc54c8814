"""The parts of the site: HTTP only. Each module's variable `bp` is its blueprint, mounted by app.py in this order."""

from blueprints import agencies, auth, cameras, conflicts, home, photos, places, points, reports, shell, sites, sync, waiting

ALL = (home, auth, sites, cameras, points, reports, photos, places, agencies, waiting, conflicts, sync, shell)
