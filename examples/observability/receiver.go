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

// A receiver is the other end of the webhook: it pages whoever is on call. It takes
// what is signed with the key that both ends have, and acts once on each delivery.
type receiver struct {
	key   rt.Secret[string]
	diary *diary
	pages *pages

	mu     sync.Mutex
	tries  map[string]int // by the ID of the delivery
	forged int
	loses  bool // the answer to the next one
	heard  []string
}

func answer(key rt.Secret[string], d *diary) (*receiver, error) {
	r := &receiver{key: key, diary: d, tries: map[string]int{}}
	var err error
	r.pages, err = listen(r)
	return r, err
}

// ServeHTTP takes one request.
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
	r.heard = append(r.heard, string(body))
	id, event := request.Header.Get(webhook.HeaderDelivery), request.Header.Get(webhook.HeaderEvent)
	r.tries[id]++
	if r.tries[id] > 1 {
		r.diary.note("on-call", fmt.Sprintf("%s, by its ID the same delivery: nobody is woken twice", event))
		return
	}
	r.diary.note("on-call", event+", the signature holds")
	if r.loses {
		r.loses = false
		r.diary.note("on-call", "(the answer is lost on its way)")
		w.WriteHeader(http.StatusBadGateway)
	}
}

// loseNext has the answer to the next delivery be lost, as when a proxy restarts.
func (r *receiver) loseNext() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.loses = true
}

// counts are the deliveries by their IDs, all requests that were signed, and those
// that were not.
func (r *receiver) counts() (deliveries, requests, forged int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.tries {
		requests += n
	}
	return len(r.tries), requests, r.forged
}

// bodies are those of all requests that were signed.
func (r *receiver) bodies() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.heard...)
}
