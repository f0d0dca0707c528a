package main

import (
	"fmt"
	"log/slog"

	sd "github.com/coreos/go-systemd/v22/daemon"

	"newsfeed/storage"
)

// notifier tells the service manager how the daemon is (sd_notify(3)). Without
// one it does nothing.
type notifier struct{ log *slog.Logger }

// ready says that the store is open and the listeners are bound.
func (n notifier) ready(sources int) {
	n.send(fmt.Sprintf("%s\nSTATUS=%d sources", sd.SdNotifyReady, sources))
}

// status says how the daemon is.
func (n notifier) status(sources int, t storage.Trouble) {
	status := fmt.Sprintf("STATUS=%d sources", sources)
	if why := waiting(t); why != "" {
		status += "; none is polled: " + why
	}
	n.send(status)
}

// stopping says that the daemon has begun to stop for good.
func (n notifier) stopping() { n.send(sd.SdNotifyStopping) }

func (n notifier) send(state string) {
	if _, err := sd.SdNotify(false, state); err != nil {
		n.log.Warn("telling the service manager", "err", err)
	}
}
