package watch

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// F079: a file that is mounted by itself is found in the table of mounts, also if the
// kernel escapes its name.
func TestF079_MountedFileIsKnown(t *testing.T) {
	t.Parallel()
	const mounts = `22 1 0:21 / /proc rw,nosuid shared:12 - proc proc rw
36 35 98:0 /mnt1 /etc/app/config.yaml rw,noatime master:1 - ext3 /dev/root rw
37 35 98:0 /x /etc/my\040app/a.yaml rw - ext4 /dev/root rw
`
	for path, want := range map[string]bool{
		"/etc/app/config.yaml": true, "/etc/my app/a.yaml": true, "/etc/app": false, "/etc/app/config.yam": false, "/mnt1": false,
	} {
		if got := isMount(mounts, path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

// F079 with a real mount, where the system lets the test create one in its own namespace.
func TestF079_RealMount(t *testing.T) {
	if os.Getenv("HOTBIND_MOUNTED") == "" {
		dir := t.TempDir()
		for _, name := range []string{"source", "config.yaml"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		script := `mount --bind "$1/source" "$1/config.yaml" || exit 77; exec "$2" -test.run TestF079_RealMount`
		cmd := exec.Command("unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh", dir, os.Args[0])
		cmd.Env = append(os.Environ(), "HOTBIND_MOUNTED="+filepath.Join(dir, "config.yaml"))
		out, err := cmd.CombinedOutput()
		if err != nil && !strings.Contains(string(out), "FAIL") {
			t.Skipf("no mount can be made here: %v: %s", err, out)
		}
		if err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	if got := unseen(follow(os.Getenv("HOTBIND_MOUNTED"), lstat)); !strings.Contains(got, "mounted as a single file") {
		t.Errorf("got %q", got)
	}
}

// F080: a file on a file system that sends no events is reported as polled; one on a
// plain disk is not.
func TestF080_FileSystems(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := unseen(follow(file, lstat)); got != "" && remote[statfsType(t, file)] == "" {
		t.Errorf("got %q for a file of this system", got)
	}
	for _, name := range []string{"NFS", "FUSE", "SMB2", "CIFS"} {
		found := false
		for _, known := range remote {
			found = found || known == name
		}
		if !found {
			t.Errorf("%s is not known", name)
		}
	}
}

func statfsType(t testing.TB, path string) uint32 {
	t.Helper()
	var fs syscall.Statfs_t
	if err := syscall.Statfs(path, &fs); err != nil {
		t.Fatal(err)
	}
	return uint32(fs.Type)
}
