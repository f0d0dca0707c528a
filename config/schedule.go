package config

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// checkSchedule returns what is wrong with a cron expression.
func checkSchedule(expr string) (err error) {
	wrong := fmt.Errorf(`%q is not a cron expression; write for example "0 6,18 * * *" or "@every 2h"`, expr)
	defer func() {
		// The parser panics on a time zone with nothing after it.
		if recover() != nil {
			err = wrong
		}
	}()
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	schedule, err := parser.Parse(expr)
	if err != nil {
		return wrong
	}
	if every, ok := schedule.(cron.ConstantDelaySchedule); ok && every.Delay < time.Minute {
		return fmt.Errorf(`%q is too often; write "@every 1m" or more`, expr)
	}
	if schedule.Next(time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return fmt.Errorf("%q never comes; write a day that exists", expr)
	}
	return nil
}
