#!/bin/sh
# Where there is no launcher for the image's architecture, which does the same without a shell.
exec /opt/watchbot/lib/ld.so --inhibit-cache --library-path /opt/watchbot/lib \
  /opt/watchbot/bin/node /opt/watchbot/progress.js "$@"
