// Package powerloss shows what becomes of the store when the power fails or the
// disk does: requirements F18 and F20. It has a module of its own, as it needs
// a library that the program does not.
//
// A Disk is a file system in memory that keeps apart what was written and what
// was synced. A process uses it through FUSE, so that what is tested is the
// real store with its memory maps and its system calls. When its power is cut,
// a Disk keeps what was synced, and of the rest whatever chance leaves: single
// sectors of a page, later writes without earlier ones, names that were removed
// and files that have lost theirs.
//
// The long forms, from this folder, are
//
//	go test -count=1 -v -timeout 1h -run F18 -cuts 1000
//	go test -count=1 -v -timeout 1h -run F20 -faults 0
//
// and -seed repeats the draws of chance, though not the moments at which the
// kernel reads. They need /dev/fuse and, where there is no fusermount, to be
// root; else they say so and are skipped.
package powerloss
