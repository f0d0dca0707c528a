#!/bin/sh
# Before a removal (deb: remove, rpm: 0), and not before an upgrade.
set -e
case "$1" in
remove | 0)
  for unit in newsfeed.socket newsfeed.service; do
    [ -e "/usr/lib/systemd/system/$unit" ] || continue
    if [ -d /run/systemd/system ]; then systemctl stop "$unit"; fi
    if command -v systemctl >/dev/null; then systemctl --quiet disable "$unit"; fi
  done
  ;;
esac
