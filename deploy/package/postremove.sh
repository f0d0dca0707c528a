#!/bin/sh
# After a removal. Only dpkg's purge takes the store, which DynamicUser keeps in
# /var/lib/private behind a link; an rpm's erasure leaves it.
set -e
if [ "$1" = purge ]; then
  rm -rf /var/lib/newsfeed /var/lib/private/newsfeed
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || echo "newsfeed: systemd did not reload its units; run 'systemctl daemon-reload'" >&2
fi
