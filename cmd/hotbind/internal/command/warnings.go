package command

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
)

// warnings returns a logger that prints the warnings of the engine, one per line.
func warnings(p *printer) *slog.Logger {
	return slog.New(&warningHandler{print: func(text string) {
		text = visible(text)
		if p.color {
			text = yellow + text + normal
		}
		fmt.Fprintln(p.out, text)
	}})
}

// A warningHandler passes warnings to print as text, and calls bell for every log
// record, because the status may have changed.
type warningHandler struct {
	print func(text string)
	bell  func()
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

// warn prints a warning that the status does not contain.
func (h *warningHandler) warn(r slog.Record) {
	text, shown := r.Message, true
	r.Attrs(func(a slog.Attr) bool {
		switch {
		case a.Key == "finding":
			text = a.Value.String()
		case slices.Contains([]string{"changes", "duration"}, a.Key):
			shown = false // the status has pending restart-only changes
		default:
			text += ": " + a.Value.String()
		}
		return true
	})
	if shown {
		h.print(text)
	}
}
