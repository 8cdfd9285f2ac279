package scratch

import "syscall"

const (
	folder = "/dev/shm"
	// room is what must be free there, in bytes: the tests that run at a time
	// fill less than a tenth of it, and in a container it is often all too small.
	room = 1 << 30
	// Of statfs(2): the kind of the file system, and that it runs no programs.
	tmpfs  = 0x01021994
	noExec = 0x8
)

// inMemory is the folder in memory; "" when it does not serve.
func inMemory() string {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil || s.Type != tmpfs || s.Flags&noExec != 0 || s.Bavail*uint64(s.Bsize) < room {
		return ""
	}
	return folder
}
