package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/history"
)

// A service saves each configuration that comes into force, and starts with the last good
// one.
func Example() {
	dir, err := os.MkdirTemp("", "history")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	store := filepath.Join(dir, "store")

	h, _, err := history.Open(store, rt.Retention{Count: 10})
	if err != nil {
		panic(err)
	}
	for _, document := range []string{`{"port":8080}`, `{"port":9090}`} {
		r := rt.Record{Document: []byte(document)}
		r.ID, r.Parent = h.LastID()+1, h.LastID()
		r.Time, r.Cause = time.Now(), rt.CauseFileChange
		if err := h.Add(r); err != nil {
			fmt.Println(err) // in force, but not saved
		}
	}
	h.Close()

	h, notes, err := history.Open(store, rt.Retention{Count: 10})
	if err != nil {
		panic(err)
	}
	defer h.Close()
	latest, damaged, _ := h.Latest()
	fmt.Println(len(notes), len(damaged), latest.ID, string(latest.Document))
	first, _ := h.Get(latest.Parent)
	fmt.Println(first.ID, string(first.Document))
	// Output:
	// 0 0 2 {"port":9090}
	// 1 {"port":8080}
}
