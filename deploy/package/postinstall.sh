#!/bin/sh
# After an installation or an upgrade. A running daemon goes on as the new
# version. A fresh one is not started: it has nothing to follow yet.
# Chroots and containers without a running systemd need nothing. A daemon that
# does not come up again must not leave the package half installed.
set -e
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || echo "newsfeed: systemd did not reload its units; run 'systemctl daemon-reload'" >&2
  systemctl try-restart newsfeed.service || echo "newsfeed: the service did not restart; see 'systemctl status newsfeed'" >&2
fi
