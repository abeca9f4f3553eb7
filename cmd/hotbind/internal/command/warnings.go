package command

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
)

// warnings is a logger that prints what the engine warns of, one a line.
func warnings(p *printer) *slog.Logger {
	return slog.New(&warningHandler{tell: func(text string) {
		text = visible(text)
		if p.color {
			text = yellow + text + normal
		}
		fmt.Fprintln(p.out, text)
	}})
}

// A warningHandler tells the warnings of an engine as text, and rings the bell for
// anything it logs: that is when its status may have changed.
type warningHandler struct {
	tell func(text string)
	bell func()
}

// Enabled implements slog.Handler.
func (h *warningHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// WithAttrs implements slog.Handler.
func (h *warningHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup implements slog.Handler.
func (h *warningHandler) WithGroup(string) slog.Handler { return h }

// Handle implements slog.Handler.
func (h *warningHandler) Handle(_ context.Context, r slog.Record) error {
	if r.Level == slog.LevelWarn {
		h.warn(r)
	}
	if h.bell != nil {
		h.bell()
	}
	return nil
}

// warn tells a warning that no status has.
func (h *warningHandler) warn(r slog.Record) {
	text, told := r.Message, true
	r.Attrs(func(a slog.Attr) bool {
		switch {
		case a.Key == "finding":
			text = a.Value.String()
		case slices.Contains([]string{"changes", "duration"}, a.Key):
			told = false // changes that wait for a restart are in the status
		default:
			text += ": " + a.Value.String()
		}
		return true
	})
	if told {
		h.tell(text)
	}
}
