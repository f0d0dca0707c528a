package bolt

import "syscall"

// readOnlyMount is ST_RDONLY of statvfs(3).
const readOnlyMount = 1

// disk is the file system of a folder.
type disk struct {
	known    bool  // whether the rest could be found out
	free     int64 // bytes that the owner of the process may write
	readOnly bool
}

func diskOf(folder string) (disk, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(folder, &fs); err != nil {
		return disk{}, err
	}
	return disk{known: true, free: int64(fs.Bavail) * int64(fs.Bsize), readOnly: int64(fs.Flags)&readOnlyMount != 0}, nil
}
