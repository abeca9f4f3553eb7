package webhook

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/outbox"

	rt "github.com/hotbind/hotbind/runtime"
)

// A wire is a network in memory that follows the fake clock of a test.
type wire struct {
	conns chan net.Conn
	once  sync.Once
	ended chan struct{}
}

func newWire() *wire { return &wire{conns: make(chan net.Conn), ended: make(chan struct{})} }

func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case w.conns <- far:
		return near, nil
	case <-w.ended:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.conns:
		return c, nil
	case <-w.ended:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error   { w.once.Do(func() { close(w.ended) }); return nil }
func (w *wire) Addr() net.Addr { return &net.TCPAddr{} }

// F133: a target that is down for an hour in every possible way: failing, asking for a
// pause, silent. It is called less and less often, and then receives everything once, in
// order, each under the ID of its earlier tries.
func TestF133_TargetDownForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		var tries int
		var got []string
		net := newWire()
		target := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			switch down := time.Since(begin); {
			case down > time.Hour:
				got = append(got, r.Header.Get(HeaderDelivery))
			case down > 40*time.Minute:
				tries++
				<-r.Context().Done() // never answers
			case down > 20*time.Minute:
				tries++
				w.Header().Set("Retry-After", "300")
				w.WriteHeader(http.StatusServiceUnavailable)
			default:
				tries++
				w.WriteHeader(http.StatusInternalServerError)
			}
		})}
		go target.Serve(net)
		c, err := New("http://target.test")
		if err != nil {
			t.Fatal(err)
		}
		c.(*channel).transport.DialContext = net.dial
		o := outbox.New(5*time.Second, nil)
		if err := o.Add(c, rt.ChannelOptions{RetryFor: 2 * time.Hour}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"a", "b", "c"} {
			o.Publish(rt.Notification{ID: id, Event: rt.EventReloaded})
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if want := []string{"a", "b", "c"}; !slices.Equal(got, want) || tries > 60 || tries < 30 {
			t.Errorf("got %v after %d tries", got, tries)
		}
		if s := o.Stats()[0]; s.Sent != 3 || s.Failed != 0 || int(s.Retried) != tries || s.LastError != nil {
			t.Errorf("got %+v", s)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		target.Close()
	})
}
