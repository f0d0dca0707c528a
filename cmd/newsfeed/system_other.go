//go:build !unix

package main

import (
	"errors"
	"os"
	"syscall"
)

const reloadSignal = syscall.SIGHUP

func monotonic() (int64, error) { return 0, errors.ErrUnsupported }

func keepPrivate() {}

func fileNumber(*os.File) (dev, inode uint64, ok bool) { return 0, 0, false }
