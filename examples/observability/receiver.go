package main

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/notify/webhook"

	rt "github.com/hotbind/hotbind/runtime"
)

// A receiver is the other end of the webhook: it alerts whoever is on call. It accepts
// requests that are signed with the shared key, and acts once on each delivery.
type receiver struct {
	key   rt.Secret[string]
	diary *diary
	pages *pages

	mu       sync.Mutex
	tries    map[string]int // by the ID of the delivery
	forged   int
	loses    bool // lose the next answer
	received []string
}

func answer(key rt.Secret[string], d *diary) (*receiver, error) {
	r := &receiver{key: key, diary: d, tries: map[string]int{}}
	var err error
	r.pages, err = listen(r)
	return r, err
}

// ServeHTTP handles one request.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(io.LimitReader(request.Body, 1<<20))
	if err == nil {
		err = webhook.Verify(r.key, request.Header.Get(webhook.HeaderSignature), body, 5*time.Minute, time.Now())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.forged++
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	r.received = append(r.received, string(body))
	id, event := request.Header.Get(webhook.HeaderDelivery), request.Header.Get(webhook.HeaderEvent)
	r.tries[id]++
	if r.tries[id] > 1 {
		r.diary.note("on-call", fmt.Sprintf("%s again, with the same ID: ignored", event))
		return
	}
	r.diary.note("on-call", event+", valid signature")
	if r.loses {
		r.loses = false
		r.diary.note("on-call", "(the answer is lost)")
		w.WriteHeader(http.StatusBadGateway)
	}
}

// loseNext makes the next answer get lost, as when a proxy restarts.
func (r *receiver) loseNext() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.loses = true
}

// counts returns the numbers of distinct deliveries, of signed requests and of forged
// ones.
func (r *receiver) counts() (deliveries, requests, forged int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.tries {
		requests += n
	}
	return len(r.tries), requests, r.forged
}

// bodies returns the bodies of all signed requests.
func (r *receiver) bodies() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.received...)
}
