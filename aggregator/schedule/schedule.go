// Package schedule says when each source is next due.
//
// A Policy computes due times, a Queue hands out the sources that are due.
// Neither reads a clock, sleeps or starts a goroutine: now is always an
// argument, and who calls holds the timer.
package schedule

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// ParseSchedule parses a cron expression: five fields, or a descriptor such as
// @daily or @every 2h. Its times are UTC unless it begins with CRON_TZ=. It
// refuses what comes more often than once a minute, and what never comes.
func ParseSchedule(expr string) (s cron.Schedule, err error) {
	defer func() {
		// The parser panics on a time zone with nothing after it.
		if r := recover(); r != nil {
			s, err = nil, fmt.Errorf("parse schedule %q: %v", expr, r)
		}
	}()
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	s, err = parser.Parse(expr)
	if err != nil {
		return nil, fmt.Errorf("parse schedule %q: %w", expr, err)
	}
	switch s := s.(type) {
	case cron.ConstantDelaySchedule:
		if s.Delay < time.Minute {
			return nil, fmt.Errorf("parse schedule %q: more often than once a minute", expr)
		}
	case *cron.SpecSchedule:
		// Without a time zone the library follows that of the machine.
		if s.Location == time.Local {
			s.Location = time.UTC
		}
	}
	if s.Next(time.Unix(0, 0).UTC()).IsZero() {
		return nil, fmt.Errorf("parse schedule %q: never comes", expr)
	}
	return s, nil
}
