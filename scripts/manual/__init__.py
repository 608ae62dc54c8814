"""Makes the pictures and the video of the manual from the running app: `make manual`."""
