package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	rt "github.com/hotbind/hotbind/runtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// note returns a notification of a success.
func note(id int) rt.Notification {
	return rt.Notification{ID: fmt.Sprint("id-", id), Time: noon, Event: rt.EventReloaded, Message: "revision 7 is in force", Revision: 7, Count: 1}
}

// evil is a text that tries to end a line, break a record or control a terminal.
const evil = "a\nb\r\x00\u2028\u2029\u0085\x1b[2J\x1b]0;t\x07\u009b31m\u202e\u2066\x7f\xff\t\ufeffz"

// evilAll returns a notification with evil everywhere.
func evilAll() rt.Notification {
	return rt.Notification{
		ID: "id" + evil, Time: noon, Event: rt.EventRefused + evil, Message: "message " + evil, Environment: "production" + evil,
		Cause: rt.CauseManual + evil, Metadata: map[string]string{"actor": evil, "k" + evil: "v" + evil}, Files: []string{"f" + evil},
		Changes: rt.Changes{
			{Path: `a["` + evil + `"]`, Kind: rt.Modified, Old: evil, New: stringer{}},
			{Path: evil, Kind: rt.Added, New: map[string]string{evil: evil}},
			{Path: evil, Kind: rt.Removed, Old: evil},
		},
		Error: "one " + evil + "\ntwo " + evil, Count: 3,
	}
}

// A stringer prints as any text it likes.
type stringer struct{}

func (stringer) String() string { return evil }

// wantTame reports characters that control a terminal or end a line.
func wantTame(t *testing.T, text string) {
	t.Helper()
	for _, r := range "\r\x00\u2028\u2029\u0085\x1b\x07\u009b\u202e\u2066\x7f\t\ufeff" {
		if strings.ContainsRune(text, r) {
			t.Errorf("%q is in %q", r, text)
		}
	}
	if strings.ToValidUTF8(text, "") != text {
		t.Errorf("no UTF-8: %q", text)
	}
}
