"""The parts of the site: HTTP only. Each module's variable `bp` is its blueprint, mounted by app.py in this order."""

from blueprints import agencies, auth, cameras, home, photos, places, points, reports, sites, sync

ALL = (home, auth, sites, cameras, points, reports, photos, places, agencies, sync)
