//go:build linux

package enginetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// F194: one event among 400 sources reads one file. Each file is read if it is unknown
// which of them changed: on request, and after one could not be read.
func TestF194_OneFileIsRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var sources []source.Source
	for i := range 400 {
		path := filepath.Join(dir, fmt.Sprintf("%03d.yaml", i))
		write(t, path, config(1))
		sources = append(sources, &counted{FileSet: rt.File(path).(source.FileSet)})
	}
	f := follow(t, sources[0], rt.From(sources[1:]...), rt.WithSettle(0))
	last := sources[399].(*counted)
	reads := func() (one, others int64) {
		for _, s := range sources[:399] {
			others += s.(*counted).reads.Swap(0)
		}
		return last.reads.Swap(0), others
	}
	reads()
	for n := range 20 {
		replace(t, last.Name(), config(n+2))
		f.left(n + 2)
	}
	one, others := reads()
	t.Logf("20 events: %d reads of the file, %d of 399 others", one, others)
	if one < 20 || others > 0 {
		t.Errorf("20 events had the file read %d times, and others %d times", one, others)
	}
	must(t, os.Remove(last.Name()))
	testkit.Until(t, "it is missed", func() bool { return f.Manager().Status().LastError != nil })
	first := sources[0].(*counted)
	replace(t, first.Name(), config(30)+"workers: 9\n")
	testkit.Until(t, "the first is read", func() bool { return first.reads.Load() > 0 })
	if !strings.Contains(fmt.Sprint(f.Manager().Status().LastError), "399.yaml") {
		t.Errorf("got %v, and the last file is missing", f.Manager().Status().LastError)
	}
	replace(t, last.Name(), config(31))
	f.left(31)
	gives(t, "the value of the first", f.Current().Workers, 9)
	reads()
	must(t, reloadError(t.Context(), f.Manager()))
	if one, others := reads(); one == 0 || others < 399 {
		t.Errorf("a request had the file read %d times, and others %d times", one, others)
	}
}
