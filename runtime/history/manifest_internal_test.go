package history

import (
	"math"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// A manifest with a valid checksum that someone else wrote: its names, paths and ids
// never lead outside the folder.
func TestF145_ManifestLeadsNowhere(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]manifestEntry{
		"name up":         {Path: "/etc/x", Name: "../../x", Mode: "0600"},
		"name absolute":   {Path: "/etc/x", Name: "/etc/passwd", Mode: "0600"},
		"name of another": {Path: "/etc/x", Name: "2-x", Mode: "0600"},
		"path relative":   {Path: "x", Name: "1-x", Mode: "0600"},
		"path up":         {Path: "/etc/../../x", Name: "1-x", Mode: "0600"},
		"path NUL":        {Path: "/etc/x\x00", Name: "1-x\x00", Mode: "0600"},
		"path root":       {Path: "/", Name: "1-/", Mode: "0600"},
		"mode setuid":     {Path: "/etc/x", Name: "1-x", Mode: "4755"},
		"mode no octal":   {Path: "/etc/x", Name: "1-x", Mode: "rw"},
	} {
		data, err := seal(manifest{Format: format, ID: 7, Time: time.Now(), Files: []manifestEntry{e}})
		must(t, err)
		if b, err := decodeManifest("/m", 7, data); err == nil {
			t.Errorf("%s: accepted as %+v", name, b)
		} else {
			damaged(t, err, "/m")
		}
	}
	data, err := Backup{ID: 8}.encode()
	must(t, err)
	_, err = decodeManifest("/m", 7, data)
	damaged(t, err, "/m")
}

// Only the exact name that the package gives to an id is read as that id.
func TestF145_NamesOfRevisions(t *testing.T) {
	t.Parallel()
	for _, id := range []rt.RevisionID{1, 7, 9_999_999_999, 10_000_000_000, math.MaxUint64 - 1} {
		if got, ok := revisionOf(revisionName(id)); !ok || got != id {
			t.Errorf("%d became %d, %v", id, got, ok)
		}
	}
	for _, name := range []string{"", ".json", "7.json", "0000000000.json", "00000000007.json", "+000000007.json", "000000000x.json",
		"../0000000007.json", "..%2f0000000007.json", "0000000007.json\x00", "0000000007.JSON", "0000000007", "0_00000007.json",
		"1000000000000000000000000000000.json", "18446744073709551615.json"} {
		if id, ok := revisionOf(name); ok {
			t.Errorf("%q is %d", name, id)
		}
	}
}
