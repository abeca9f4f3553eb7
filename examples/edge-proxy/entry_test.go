package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/internal/testkit"
)

// entryAt returns the configuration of a proxy at an address, for one backend.
func entryAt(address, backend string) string {
	return "entry: {listen: '" + address + "'}\nrouters: {all: {service: one}}\nservices: {one: {servers: [{url: '" + backend + "'}]}}\n"
}

// When the address changes, the new one answers, the old one accepts no connections, and
// a running request there still gets its answer.
func TestEntryMoves(t *testing.T) {
	t.Parallel()
	arrived, finish := make(chan struct{}), make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(arrived)
			<-finish
		}
		io.WriteString(w, "done")
	}))
	t.Cleanup(slow.Close)
	r := newRig(t, entryAt("127.0.0.1:0", slow.URL), nil)
	before := r.proxy.address()

	answer := make(chan string, 1)
	go func() { answer <- get("http://" + before + "/slow") }()
	<-arrived
	// Any free port again, and another text: a port chosen by the test could be
	// taken by the time it is used.
	r.saveByRename(entryAt("127.0.0.1:00", slow.URL))
	testkit.Until(t, "the entry moves", func() bool { return r.proxy.address() != before })
	if got := get("http://" + r.proxy.address() + "/"); got != "200 done" {
		t.Errorf("the new address answers %q", got)
	}
	if conn, err := net.Dial("tcp", before); err == nil {
		conn.Close()
		t.Error("the old address still takes connections")
	}
	close(finish)
	if got := <-answer; got != "200 done" {
		t.Errorf("the running request got %q", got)
	}
}

// If the new address is in use, the revision is refused before it is in force. The proxy
// stays at its address, with the whole old configuration.
func TestTakenAddressIsRefused(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	r := newRig(t, entryAt("127.0.0.1:0", backend(t, "old")), nil)
	r.saveInPlace(entryAt(taken.Addr().String(), backend(t, "new")))
	r.refused("entry.listen")
	if got := r.live.Current().Entry.Listen; got != "127.0.0.1:0" {
		t.Errorf("in force is %s", got)
	}
	if s := ask(http.DefaultClient, "http://"+r.proxy.address(), "/"); s.backend != "old" {
		t.Errorf("answered by %q, want the old backend", s.backend)
	}
}

// get returns the status and the body, or the error.
func get(url string) string {
	response, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	status, _, _ := strings.Cut(response.Status, " ")
	return status + " " + string(body)
}
