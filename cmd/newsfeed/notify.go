package main

import (
	"fmt"
	"log/slog"

	sd "github.com/coreos/go-systemd/v22/daemon"
)

// notifier tells the service manager how the daemon is (sd_notify(3)). Without
// one it does nothing.
type notifier struct{ log *slog.Logger }

// ready says that the daemon serves, or that it has done with a reload.
func (n notifier) ready(status string) { n.send(sd.SdNotifyReady + "\nSTATUS=" + status) }

// status says how the daemon is, in a line for people.
func (n notifier) status(status string) { n.send("STATUS=" + status) }

// reloading says that a reload begins, which ready ends.
func (n notifier) reloading() {
	now, err := monotonic()
	if err != nil {
		n.log.Warn("telling the service manager", "err", err)
		return
	}
	n.send(fmt.Sprintf("%s\nMONOTONIC_USEC=%d", sd.SdNotifyReloading, now))
}

// stopping says that the daemon has begun to stop for good.
func (n notifier) stopping() { n.send(sd.SdNotifyStopping) }

// alive says that the daemon does what it should.
func (n notifier) alive() { n.send(sd.SdNotifyWatchdog) }

func (n notifier) send(state string) {
	if _, err := sd.SdNotify(false, state); err != nil {
		n.log.Warn("telling the service manager", "err", err)
	}
}
