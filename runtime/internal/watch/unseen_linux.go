package watch

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// remote are the file systems whose files may change without an event, because
// another machine or program changes them, by the numbers of statfs(2).
var remote = map[uint32]string{
	0x6969: "NFS", 0x517B: "SMB", 0xFF534D42: "CIFS", 0xFE534D42: "SMB2", 0x65735546: "FUSE", 0x01021997: "9P",
	0x5346414F: "AFS", 0x00C36400: "Ceph", 0x0BD00BD0: "Lustre", 0x786F4256: "a VirtualBox shared folder",
}

// unseen returns why changes of the file at the end of a chain may send no event, or ""
// if they do.
func unseen(c chain) string {
	path := c.final
	if path == "" {
		path = c.folder
	}
	if path == "" {
		return ""
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(path, &fs); err == nil {
		if name := remote[uint32(fs.Type)]; name != "" {
			return "on " + name + ", which does not report changes made by other machines"
		}
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err == nil && c.final != "" && isMount(string(mounts), filepath.Clean(c.final)) {
		return "mounted as a single file, which hides that the file is replaced"
	}
	return ""
}

// isMount reports whether something is mounted at path, by proc_pid_mountinfo(5).
func isMount(mounts, path string) bool {
	for _, line := range strings.Split(mounts, "\n") {
		if fields := strings.Fields(line); len(fields) > 4 && unescaped(fields[4]) == path {
			return true
		}
	}
	return false
}

// unescaped decodes the kernel's escapes for space, tab, newline and backslash.
func unescaped(path string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(path)
}

// hasOneName reports whether a file has no other hard link.
func hasOneName(info os.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && stat.Nlink == 1
}
