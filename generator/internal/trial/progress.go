package trial

import (
	"fmt"
	"io"
	"os"
)

// A Progress says how far a long run is: on a terminal in one line that changes,
// elsewhere in a plain line for every tenth that is done.
type Progress struct {
	w        io.Writer
	terminal bool
	unit     string
	total    int
	tenths   int // told
}

// NewProgress is the progress of a run over total units, shown on f.
func NewProgress(f *os.File, unit string, total int) *Progress {
	info, err := f.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return &Progress{w: f, terminal: terminal, unit: unit, total: total}
}

// Show says that done units are finished and what is done now.
func (p *Progress) Show(done int, what string) {
	if p.terminal {
		if len(what) > 60 {
			what = what[:59] + "…"
		}
		fmt.Fprintf(p.w, "\r\x1b[K%d/%d %s, %s", done, p.total, p.unit, what)
		return
	}
	if tenths := 10 * done / max(1, p.total); tenths > p.tenths {
		p.tenths = tenths
		fmt.Fprintf(p.w, "%d of %d %s\n", done, p.total, p.unit)
	}
}

// Done takes the line away.
func (p *Progress) Done() {
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
