package webhook_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"go.uber.org/goleak"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/notify/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func closed(t testing.TB, c rt.Channel) {
	t.Helper()
	must(t, c.(io.Closer).Close())
}

// note returns a notification of a success.
func note(id int) rt.Notification {
	return rt.Notification{
		ID: fmt.Sprint("id-", id), Time: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), Event: rt.EventReloaded,
		Message: "revision 7 is in force", Revision: 7, Count: 1,
	}
}

// An option sets the name, so that two webhooks can be distinguished.
func TestName(t *testing.T) {
	for _, c := range []struct {
		opts []webhook.Option
		want string
	}{{nil, "webhook"}, {[]webhook.Option{webhook.WithName("x")}, "x"}} {
		if got := newWebhook(t, "http://localhost", c.opts...).Name(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
