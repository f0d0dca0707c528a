package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

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

// notifyTime bounds the wait for a service manager that does not listen.
const notifyTime = time.Second

// send sends a message to the socket at $NOTIFY_SOCKET. In its name an @ stands
// for the zero byte of an abstract one, as in package net.
func (n notifier) send(state string) {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return
	}
	if err := sendTo(name, state); err != nil {
		n.log.Warn("telling the service manager", "err", err)
	}
}

func sendTo(name, message string) (err error) {
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := conn.SetWriteDeadline(time.Now().Add(notifyTime)); err != nil {
		return err
	}
	_, err = conn.Write([]byte(message))
	return err
}
