// Package crashloop kills the daemon at random moments, time and again on one
// store, and looks after each time whether it kept what it promised: requirement
// F17. All of it is a test, which builds the real program and serves it sources
// on loopback. The long form is
//
//	go test ./internal/crashloop -count=1 -v -timeout 3h -cycles 500 -polls 900
//
// and -seed repeats the moments and the news of a run, as far as the machine
// does.
package crashloop
