package main

import (
	"fmt"
	"log/slog"
	"time"
)

// tellers are told of what happens while a store is opened; nil: nobody is.
type tellers struct {
	migrating func(how string)
	doubtful  func()
}

// logTellers returns tellers that write to the log.
func logTellers(log *slog.Logger) tellers {
	return tellers{
		migrating: func(how string) { log.Info("bringing the store to the present schema", "progress", how) },
		doubtful: func() {
			log.Error("a meta page of the store is damaged: what was committed last may be lost; look at the disk (dmesg, smartctl) and check with 'newsfeed store verify'")
		},
	}
}

// and returns tellers that tell n how a migration goes on, too.
func (t tellers) and(n notifier) tellers {
	log := t.migrating
	t.migrating = func(how string) {
		log(how)
		n.migrating(how)
	}
	return t
}

// migrationWord is how long the service manager waits for the next word of a
// migration, several times longer than that takes to come.
const migrationWord = time.Minute

// migrating says that the daemon is still starting.
func (n notifier) migrating(how string) {
	n.send(fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d\nSTATUS=bringing the store to the present schema: %s", migrationWord.Microseconds(), how))
}
