"""The shipped settings of gunicorn for the bare application: without what only ours needs at the start."""

from runpy import run_path

globals().update({name: value for name, value in run_path("deploy/gunicorn.conf.py").items() if not name.startswith("__") and name != "post_worker_init"})
