package history

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/internal/disk/disktest"
)

// Every byte of a saved revision is changed in two ways, and the file is cut at every
// length. Each time, it is refused by name and the previous revision is used.
func TestF118_EveryByteAndEveryCut(t *testing.T) {
	t.Parallel()
	m := filled(t)
	path := dir + "/revisions/0000000003.json"
	good, err := m.ReadFile(path)
	must(t, err)
	for i := range good {
		for _, bit := range []byte{0x01, 0x20} {
			bad := slices.Clone(good)
			bad[i] ^= bit
			notUsed(t, m, path, bad)
		}
		notUsed(t, m, path, good[:i])
	}
	notUsed(t, m, path, append(slices.Clone(good), '\n'))
	m.Put(path, good)
	h, _ := reopen(t, m, rt.Retention{})
	hold(t, h, 1, 2, 3)
}

func notUsed(t *testing.T, m *disktest.Memory, path string, content []byte) {
	t.Helper()
	m.Put(path, content)
	h, _, err := openReadOnly(m, dir)
	must(t, err)
	_, err = h.Get(3)
	damaged(t, err, path)
	r, passed, ok := h.Latest()
	if !ok || r.ID != 2 || len(passed) != 1 {
		t.Fatalf("used %d, passed over %v", r.ID, passed)
	}
	damaged(t, passed[0], path)
}

// The messages must help an operator at night.
func TestF118_Messages(t *testing.T) {
	t.Parallel()
	m := filled(t)
	path := dir + "/revisions/0000000003.json"
	good, _ := m.ReadFile(path)
	two, _ := m.ReadFile(dir + "/revisions/0000000002.json")
	for _, tt := range []struct{ content, want string }{
		{"", "it is damaged: it is empty"},
		{"{}", "it is damaged: the checksum does not match the content"},
		{string(good[:len(good)-5]), "it is damaged: the checksum does not match the content"},
		{string(two), "it holds revision 2, not 3"},
	} {
		m.Put(path, []byte(tt.content))
		h, _, err := openReadOnly(m, dir)
		must(t, err)
		_, err = h.Get(3)
		want := path + " cannot be used: " + tt.want + "; other files are not affected"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// If the index is lost, damaged, or has too many or too few entries, it is rebuilt from
// the files, and the log says so.
func TestF119_IndexMadeAnew(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		harm func(m *disktest.Memory) error
		note string
		want []int
	}{
		"lost": {func(m *disktest.Memory) error { return m.Remove(dir + "/index.json") },
			"the index is missing; rebuilt from 3 revisions", []int{1, 2, 3}},
		"damaged": {func(m *disktest.Memory) error { m.Put(dir+"/index.json", []byte("{}")); return nil },
			"/var/store/index.json cannot be used: it is damaged: the checksum does not match the content; other files are not affected; the index is rebuilt from 3 revisions", []int{1, 2, 3}},
		"entry without file": {func(m *disktest.Memory) error { return m.Remove(dir + "/revisions/0000000002.json") },
			"the index had 1 revision whose files are gone; dropped", []int{1, 3}},
		"file without entry": {func(m *disktest.Memory) error {
			data, err := encode(record(9))
			m.Put(dir+"/revisions/0000000009.json", data)
			return err
		}, "the index lacked 1 revision; read from the files", []int{1, 2, 3, 9}},
		"foreign file": {func(m *disktest.Memory) error { m.Put(dir+"/revisions/7.json", nil); return nil },
			"/var/store/revisions/7.json is not a revision; ignored", []int{1, 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := filled(t)
			must(t, tt.harm(m))
			h, notes := reopen(t, m, rt.Retention{})
			if len(notes) != 1 || notes[0] != tt.note {
				t.Errorf("got  %q\nwant %q", notes, tt.note)
			}
			hold(t, h, tt.want...)
			must(t, h.Close())
			if name == "foreign file" {
				return
			}
			again, notes := reopen(t, m, rt.Retention{})
			if len(notes) != 0 {
				t.Errorf("and again: %q", notes)
			}
			hold(t, again, tt.want...)
		})
	}
}

// The highest id is remembered even if its revision or the index is removed, so no id is
// used twice.
func TestF119_HighestIDStays(t *testing.T) {
	t.Parallel()
	m := filled(t)
	must(t, m.Remove(dir+"/revisions/0000000003.json"))
	h, _ := reopen(t, m, rt.Retention{})
	must(t, h.Close())
	h, _ = reopen(t, m, rt.Retention{})
	if h.LastID() != 3 {
		t.Errorf("the last id is %d", h.LastID())
	}
	must(t, h.Close())
	m = filled(t)
	m.Put(dir+"/revisions/0000000003.json", nil)
	must(t, m.Remove(dir+"/index.json"))
	if h, _ = reopen(t, m, rt.Retention{}); h.LastID() != 3 {
		t.Errorf("with a damaged file the last id is %d", h.LastID())
	}
	if r, passed, ok := h.Latest(); !ok || r.ID != 2 || len(passed) != 1 {
		t.Errorf("latest: %v %v %v", r.ID, passed, ok)
	}
	hold(t, h, 1, 2)
}

// A file with a high id that no revision ever had, created by hand or by a disk error,
// must not use up the ids: then nothing could be saved. An id slightly above the others
// may belong to a damaged newest revision and stays reserved.
func TestF119_StrangersDoNotRaiseIDs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		content string
		last    rt.RevisionID
	}{
		{"18446744073709551615", "{}", 3},
		{"18446744073709551614", "{}", 3},
		{"0000001004", "{}", 3},
		{"0000001003", "{}", 1003},
		{"0000000004", "", 4},
	} {
		for _, index := range []string{"there", "lost"} {
			m := filled(t)
			path := dir + "/revisions/" + tt.name + ".json"
			m.Put(path, []byte(tt.content))
			if index == "lost" {
				must(t, m.Remove(dir+"/index.json"))
			}
			h, notes := reopen(t, m, rt.Retention{})
			if h.LastID() != tt.last {
				t.Errorf("%s, index %s: the last id is %d, want %d", tt.name, index, h.LastID(), tt.last)
			}
			if !slices.ContainsFunc(notes, func(n string) bool { return strings.HasPrefix(n, path) }) {
				t.Errorf("%s, index %s: not reported: %q", tt.name, index, notes)
			}
			next := int(h.LastID()) + 1
			must(t, h.Add(record(next)))
			must(t, h.Close())
			h, _ = reopen(t, m, rt.Retention{})
			hold(t, h, 1, 2, 3, next)
			if r, _, ok := h.Latest(); !ok || r.ID != rt.RevisionID(next) {
				t.Errorf("%s: the latest is %d", tt.name, r.ID)
			}
			if _, err := m.ReadFile(path); err != nil {
				t.Errorf("%s was not left alone: %v", tt.name, err)
			}
		}
	}
}

// An index of an older program that trusted such a file is not trusted: otherwise the
// store would never recover.
func TestF119_IndexAtTheEndOfIDs(t *testing.T) {
	t.Parallel()
	m := filled(t)
	data, err := seal(index{Format: 1, Last: math.MaxUint64, Revisions: []listed{list(record(3).Revision)}})
	must(t, err)
	m.Put(dir+"/index.json", data)
	h, _ := reopen(t, m, rt.Retention{})
	if h.LastID() != 3 {
		t.Errorf("the last id is %d", h.LastID())
	}
	must(t, h.Add(record(4)))
}

// The highest id has no successor: Add refuses it, so that ids never start at 0 again.
func TestF119_IDsEnd(t *testing.T) {
	t.Parallel()
	h, _ := reopen(t, filled(t), rt.Retention{})
	last := record(1)
	last.ID = math.MaxUint64 - 1
	must(t, h.Add(last))
	last.ID = h.LastID() + 1
	err := h.Add(last)
	want := "revision 18446744073709551615 cannot be added: ids must be below it; the last one was 18446744073709551614"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if h.LastID()+1 == 0 {
		t.Error("ids begin at 0 again")
	}
}

// A store of a newer version is refused with both version numbers, wherever the number is
// found, and not a byte of it is changed.
func TestF124_NewerFormat(t *testing.T) {
	t.Parallel()
	newer := func(v any) []byte {
		data, err := seal(v)
		must(t, err)
		return data
	}
	for path, content := range map[string][]byte{
		dir + "/format":                    []byte("2\n"),
		dir + "/index.json":                newer(index{Format: 2}),
		dir + "/revisions/0000000009.json": newer(revisionFile{Format: 2, Config: []byte("1")}),
	} {
		m := filled(t)
		m.Put(path, content)
		m.Put(dir+"/.hotbind-x.tmp", nil)
		f := &disktest.Faulty{FS: m}
		want := path + " has format 2 and this program knows formats up to 1: the store was written by a newer version and was not changed"
		if _, _, err := open(f, dir, rt.Retention{}, time.Now); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		if _, _, err := openReadOnly(f, dir); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		for _, op := range f.Log {
			switch strings.Fields(op)[0] {
			case "create", "rename", "remove", "mkdir":
				t.Errorf("%s: %s", path, op)
			}
		}
	}
}

// A missing format number does not count as a newer one.
func TestF124_FormatLost(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", "x", "1"} {
		m := filled(t)
		m.Put(dir+"/format", []byte(content))
		h, _ := reopen(t, m, rt.Retention{})
		hold(t, h, 1, 2, 3)
		if data, _ := m.ReadFile(dir + "/format"); string(data) != "1\n" {
			t.Errorf("the format is %q", data)
		}
	}
}

// Every byte of a manifest and of a file in a backup is changed: the backup is reported,
// nothing of it is restored, and the other backups remain.
func TestF118_DamagedBackup(t *testing.T) {
	t.Parallel()
	m := filled(t)
	must(t, m.Mkdir("/etc"))
	must(t, m.Mkdir("/etc/app"))
	must(t, m.Mkdir("/etc/app/agents"))
	for _, name := range []string{"manifest.json", "1-config.yaml", "2-config.yaml"} {
		path := dir + "/backups/0000000003/" + name
		good, err := m.ReadFile(path)
		must(t, err)
		for i := range good {
			bad := slices.Clone(good)
			bad[i] ^= 0x01
			m.Put(path, bad)
			h, _, err := openReadOnly(m, dir)
			must(t, err)
			written, err := h.Restore(3, "")
			damaged(t, err, path)
			if len(written) != 0 {
				t.Fatalf("restored %v", written)
			}
			backups, err := h.Backups()
			if name == "manifest.json" {
				damaged(t, err, path)
				if len(backups) != 2 {
					t.Fatalf("%d backups", len(backups))
				}
			}
		}
		m.Put(path, good)
	}
	if entries, _ := m.ReadDir("/etc/app"); len(entries) != 1 {
		t.Errorf("restored %v", entries)
	}
}
