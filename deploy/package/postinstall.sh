#!/bin/sh
# After an installation or an upgrade. A running daemon goes on as the new
# version. A fresh one is not started: it has nothing to follow yet.
# Chroots and containers without a running systemd need nothing.
set -e
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart newsfeed.service
fi
