//go:build darwin || linux

package atomicfile

import "syscall"

// Free is how many bytes can still be written into a folder's file system by whoever asks.
func Free(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail * uint64(s.Bsize)), nil
}
