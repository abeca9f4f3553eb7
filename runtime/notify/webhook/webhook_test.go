package webhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/internal/outbox"
	"github.com/hotbind/hotbind/runtime/notify"
	"github.com/hotbind/hotbind/runtime/notify/webhook"

	rt "github.com/hotbind/hotbind/runtime"
)

// server starts a server with a handler and returns its address. It stops at the end of
// the test.
func server(t *testing.T, answer http.HandlerFunc) string {
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s.URL
}

func newWebhook(t *testing.T, address string, opts ...webhook.Option) rt.Channel {
	t.Helper()
	c, err := webhook.New(address, opts...)
	must(t, err)
	t.Cleanup(func() { closed(t, c) })
	return c
}

const token = "SECRET-TOKEN"

var key = rt.NewSecret("a key")

// A request is a POST of the record, names its event, and is signed so that the receiver
// can verify it.
func TestWebhook(t *testing.T) {
	var failed error
	address := server(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var record struct{ ID, Event string }
		failed = errors.Join(json.Unmarshal(body, &record),
			webhook.Verify(key, r.Header.Get("Hotbind-Signature"), body, time.Minute, time.Now()))
		h := r.Header
		got := fmt.Sprint(r.Method, r.URL, h.Get("Content-Type"), h.Get("User-Agent"), h["Hotbind-Delivery"], h["Hotbind-Event"], record)
		if want := "POST/in?token=" + token + "application/jsonhotbind[id-1] [reloaded] {id-1 reloaded}"; got != want {
			failed = errors.Join(failed, errors.New(got))
		}
		w.WriteHeader(http.StatusNoContent)
	})
	c := newWebhook(t, address+"/in?token="+token, webhook.WithKey(key))
	must(t, c.Send(context.Background(), note(1)))
	if failed != nil {
		t.Error(failed)
	}
	if got := fmt.Sprintf("%v %+v %#v %s", c, c, c, c); strings.Contains(got, token) || strings.Contains(got, "a key") {
		t.Errorf("got %s", got)
	}
}

// F127: any ID or event leaves the headers intact.
func TestF127_WebhookHeaders(t *testing.T) {
	var header http.Header
	address := server(t, func(_ http.ResponseWriter, r *http.Request) { header = r.Header })
	n := note(1)
	n.ID, n.Event = "ida\nb\r\x00\x1b[2J\u202e\xff", n.Event+"\r\nX-Other: 1"
	must(t, newWebhook(t, address).Send(context.Background(), n))
	if header.Get("X-Other") != "" || !strings.HasPrefix(header.Get("Hotbind-Delivery"), `ida\nb\r`) || header.Get("Hotbind-Signature") != "" {
		t.Errorf("got %v", header)
	}
}

// F133: a redirect is not followed, whatever its target, and does not cause a retry.
func TestF133_RedirectIsNotFollowed(t *testing.T) {
	var followed bool
	other := server(t, func(http.ResponseWriter, *http.Request) { followed = true })
	for _, status := range []int{301, 302, 303, 307, 308} {
		address := server(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other+"/?token="+token, status)
		})
		err := newWebhook(t, address).Send(context.Background(), note(1))
		want := fmt.Sprintf("%s: it answered %d, a redirect to %s, which is not followed", address, status, other)
		if err == nil || err.Error() != want || retries(err) != nil {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if followed {
		t.Error("it was followed")
	}
}

func retries(err error) *notify.RetryError {
	var retry *notify.RetryError
	errors.As(err, &retry)
	return retry
}

// F133: the effect of an answer: delivered, to be retried and when, or never. The reason
// is repeated as far as it fits on a line, but not the secrets in the address.
func TestF133_Answers(t *testing.T) {
	for _, c := range []struct {
		status  int
		after   string
		retried bool
		want    time.Duration
	}{
		{200, "", false, 0}, {202, "", false, 0}, {204, "", false, 0},
		{400, "5", false, 0}, {401, "", false, 0}, {404, "", false, 0}, {410, "", false, 0}, {304, "", false, 0},
		{408, "", true, 0}, {425, "", true, 0}, {429, "7", true, 7 * time.Second}, {500, "", true, 0},
		{503, "86400", true, time.Hour}, {503, "99999999999999999999", true, 0}, {503, "-1", true, 0}, {503, "soon", true, 0},
		{503, "Mon, 02 Jan 2006 15:04:05 GMT", true, 0}, {503, "Fri, 01 Jan 2100 00:00:00 GMT", true, time.Hour},
	} {
		address := server(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", c.after)
			w.WriteHeader(c.status)
			if c.status >= 400 {
				io.WriteString(w, "out\n of \x1b[31morder"+strings.Repeat("x", 1<<20))
			}
		})
		err := newWebhook(t, strings.Replace(address, "//", "//user:"+token+"@", 1)+"/"+token+"?"+token).Send(context.Background(), note(1))
		retry := retries(err)
		if c.status < 300 != (err == nil) || c.retried != (retry != nil) || retry != nil && retry.After != c.want {
			t.Errorf("%d, %q: got %v, %+v", c.status, c.after, err, retry)
		}
		if err == nil {
			continue
		}
		if text := err.Error(); len(text) > 400 || strings.Contains(text, token) || c.status >= 400 && !strings.Contains(text, `: out of \x1b[31morderxx`) {
			t.Errorf("got %s", text)
		}
	}
}

// F133: a target that fails twice and then accepts gets one notification, under one ID,
// and then the next one.
func TestF133_RetriedAndDeliveredOnce(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	address := server(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Header.Get("Hotbind-Delivery"))
		if len(seen) == 1 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	o := outbox.New(time.Minute, nil)
	must(t, o.Add(newWebhook(t, address), rt.ChannelOptions{}))
	o.Publish(note(1))
	o.Publish(note(2))
	testkit.Until(t, "both are sent", func() bool { return o.Stats()[0].Sent == 2 })
	must(t, o.Close())
	if got := strings.Join(seen, " "); got != "id-1 id-1 id-2" {
		t.Errorf("got %s", got)
	}
}

// F132, F133: a target that accepts the connection and is silent, one that begins to
// answer and never ends, and a missing one: Send ends with its context, and the
// notification can be retried. A successful answer counts even if its end never arrives.
func TestF132_BlackHole(t *testing.T) {
	hole, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { hole.Close() })
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, gone.Close())
	slow := func(status int) string {
		return server(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(status)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		})
	}
	mute := server(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	// Answers get enough time even on a busy machine.
	const short, long = 100 * time.Millisecond, 3 * time.Second
	for _, c := range []struct {
		reason, address string
		within          time.Duration
		want            string
	}{
		{"never accepts", "http://" + hole.Addr().String(), short, "it has not answered in time"},
		{"never answers", mute, short, "it has not answered in time"},
		{"never ends a bad answer", slow(500), long, "it answered 500"},
		{"never ends a good answer", slow(200), long, ""},
		{"is not there", "http://" + gone.Addr().String(), long, "refused"},
	} {
		t.Run(c.reason, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(context.Background(), c.within)
			err := newWebhook(t, c.address+"/"+token).Send(ctx, note(1))
			cancel()
			if c.want == "" && err != nil || c.want != "" && (err == nil || retries(err) == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v", err)
			}
			if err != nil && strings.Contains(err.Error(), token) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An invalid address, or one of another kind, is refused and not repeated.
func TestWebhookRefuses(t *testing.T) {
	for _, address := range []string{"", token, "ftp://host/" + token, "http://", "http:///" + token, "https://:443/" + token, "http://u:" + token + "@host:port/", "http://h/%zz" + token, "file:///etc/" + token} {
		if _, err := webhook.New(address); err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%s: got %v", address, err)
		}
	}
	if _, err := webhook.New("http://host", webhook.WithKey(rt.NewSecret(""))); err == nil {
		t.Error("an empty key was taken")
	}
}

// A signature is valid for its key, its body and its time, and for nothing else.
func TestVerify(t *testing.T) {
	const at = 1772625600
	body := []byte(`{"id":"1"}`)
	// Made by: printf '1772625600.{"id":"1"}' | openssl dgst -sha256 -hmac 'a key'
	const mac = "bf092291478b998f236e7edc7f8c1aa75c442e8439dd1fcec4e2f4cf0ab042a9"
	now := time.Unix(at, 0)
	good := fmt.Sprintf("t=%d,v1=%s", at, mac)
	for _, c := range []struct {
		reason, header string
		key            rt.Secret[string]
		body           []byte
		now            time.Time
		want           string
	}{
		{"as it was made", good, key, body, now, ""},
		{"with another beside it", "v2=x, t=" + fmt.Sprint(at) + ", v1=00, v1=" + mac + ",v1=", key, body, now, ""},
		{"a little later", good, key, body, now.Add(time.Minute), ""},
		{"by another clock", good, key, body, now.Add(-time.Minute), ""},
		{"another key", good, rt.NewSecret("another"), body, now, "another key or for another body"},
		{"no key", good, rt.Secret[string]{}, body, now, "the key is empty"},
		{"another body", good, key, []byte(`{"id":"2"}`), now, "another key or for another body"},
		{"another time", "t=1772625601,v1=" + mac, key, body, now, "another key or for another body"},
		{"replayed", good, key, body, now.Add(2 * time.Minute), "its time differs by 2m0s"},
		{"from the future", good, key, body, now.Add(-2 * time.Minute), "its time differs by 2m0s"},
		{"shortened", good[:len(good)-2], key, body, now, "another key or for another body"},
		{"no signature", fmt.Sprintf("t=%d", at), key, body, now, "invalid header"},
		{"no time", "v1=" + mac, key, body, now, "invalid header"},
		{"nothing", "", key, body, now, "invalid header"},
	} {
		err := webhook.Verify(c.key, c.header, c.body, time.Minute, c.now)
		if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, webhook.ErrSignature) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v", c.reason, err)
		}
	}
}
