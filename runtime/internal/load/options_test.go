package load_test

import (
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/load"

	rt "github.com/hotbind/hotbind/runtime"
)

// A zero Count in a retention means the default, as documented, not "keep nothing".
func TestRetentionDefaults(t *testing.T) {
	for _, c := range []struct{ given, want rt.Retention }{
		{rt.Retention{}, rt.Retention{Count: 10}},
		{rt.Retention{Age: time.Hour}, rt.Retention{Count: 10, Age: time.Hour}},
		{rt.Retention{Count: 3}, rt.Retention{Count: 3}},
	} {
		if got := load.NewOptions(rt.WithRetention(c.given)).Retention; got != c.want {
			t.Errorf("%+v: got %+v, want %+v", c.given, got, c.want)
		}
	}
}
