package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/hotbind/hotbind/examples/edge-proxy/config"
	"github.com/hotbind/hotbind/internal/testkit"

	rt "github.com/hotbind/hotbind/runtime"
)

// A step is one edit of the storm: the shares of a and b in /shop, the backend of the
// site, and whether there is a router for /news.
type step struct {
	a, b int
	site string
	news bool
	// A bad step also contains a mistake, which must be refused for the reason in refused.
	bad, refused string
}

// storm moves the shop from a to b, replaces the site's backend, adds the news, and
// contains every kind of mistake.
var storm = []step{
	{a: 10, b: 0, site: "c"},
	{a: 7, b: 3, site: "c"},
	{a: 5, b: 5, site: "c"},
	{a: 5, b: 5, site: "d", bad: "  broken: {servers: []}\n", refused: "services.broken.servers: "}, // against the schema
	{a: 2, b: 8, site: "c"},
	{a: 2, b: 8, site: "d"},
	{a: 9, b: 1, site: "c", bad: "routers: {", refused: "config.yaml:"}, // no YAML any more
	{a: 2, b: 8, site: "d", news: true},
	{a: 1, b: 9, site: "d", news: true},
	{a: 0, b: 0, site: "c", refused: "services.shop: every server has weight 0"}, // only the hook can tell
	{a: 9, b: 1, site: "d"},
	{a: 1, b: 9, site: "gone", refused: `routers.site: unknown service "gone"`},
	{a: 1, b: 3, site: "c", news: true},
	{a: 0, b: 1, site: "d", news: true},
}

// shares returns the backends that may answer a path, with their shares.
func (s step) shares(path string) map[string]int {
	switch {
	case path == "/shop/cart":
		return map[string]int{"a": s.a, "b": s.b}
	case path == "/news" && s.news:
		return map[string]int{"e": 1}
	}
	return map[string]int{s.site: 1}
}

// text returns the configuration of the step. It puts the number of the step into a header
// of every response.
func (s step) text(number int, urls map[string]string) string {
	text := fmt.Sprintf(`entry: {listen: 127.0.0.1:0}
middlewares:
  below-shop: {kind: strip_prefix, prefix: /shop}
  stamp: {kind: headers, response: {Step: '%d'}}
services:
  shop: {servers: [{url: %q, weight: %d}, {url: %q, weight: %d}]}
  c: {servers: [{url: %q}]}
  d: {servers: [{url: %q}]}
  e: {servers: [{url: %q}]}
%srouters:
  site: {middlewares: [stamp], service: %s}
  shop: {path_prefix: /shop, middlewares: [stamp, below-shop], service: shop}
`, number, urls["a"], s.a, urls["b"], s.b, urls["c"], urls["d"], urls["e"], s.bad, s.site)
	if s.news {
		text += "  news: {path_prefix: /news, middlewares: [stamp], service: e}\n"
	}
	return text
}

// A sample is one request and its outcome.
type sample struct {
	path, backend, saw string
	step               int
	begun, ended       time.Time
	err                error
}

// A journal records what clients and hooks saw.
type journal struct {
	mu      sync.Mutex
	more    *sync.Cond
	samples []sample
	seen    [64]int // samples by step
	from    map[int]time.Time
	until   map[int]time.Time
}

// The promise of the example: the file changes again and again, in every way that files are
// changed and with mistakes. No request fails, each is answered by a backend of the
// configuration in force at that moment, the shares are those of the file, and in the end
// the traffic has moved.
func TestNoRequestNoticesTheChanges(t *testing.T) {
	t.Parallel()
	urls := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		urls[name] = backend(t, name)
	}
	j := &journal{from: map[int]time.Time{0: time.Now()}, until: map[int]time.Time{}}
	j.more = sync.NewCond(&j.mu)
	r := newRig(t, storm[0].text(0, urls), j.follow)

	ctx, cancel := context.WithTimeout(context.Background(), testkit.Patience)
	defer cancel()
	defer context.AfterFunc(ctx, j.more.Broadcast)()
	var clients sync.WaitGroup
	for i := range 8 {
		clients.Go(func() {
			defer cancel() // one that gives up ends the storm
			j.client(ctx, i, "http://"+r.proxy.address())
		})
	}
	const enough = 200 // requests that are answered by each step before the next
	for number, s := range storm {
		if number > 0 && number%2 == 0 {
			r.saveByRename(s.text(number, urls))
		} else if number > 0 {
			r.saveInPlace(s.text(number, urls))
		}
		if s.refused != "" {
			r.refused(s.refused)
			continue
		}
		if !j.wait(ctx, number, enough) {
			t.Errorf("step %d did not answer %d requests; the last error is: %v", number, enough, r.live.Manager().Status().LastError)
			break
		}
	}
	if err := r.live.Manager().Status().LastError; err != nil {
		t.Errorf("after the last step: %v", err)
	}
	cancel()
	clients.Wait()

	shared := j.judge(t)
	if t.Failed() {
		return // the shares of a storm that broke off say nothing
	}
	for number, s := range storm {
		if s.refused == "" {
			checkShares(t, number, s, shared[number])
		}
	}
	t.Logf("%d requests, %d configurations, %d refused", len(j.samples), r.live.Manager().Status().Reloads+1, r.live.Manager().Status().Refusals)
}

// follow records when each step may have been in force: from before the proxy prepares
// for it until after the last hook for the next step.
func (j *journal) follow(live *config.Live) {
	live.Prepare(func(_ context.Context, d *config.Diff) (commit, abort func(), err error) {
		j.mu.Lock()
		defer j.mu.Unlock()
		if _, ok := j.from[number(d.New)]; !ok {
			j.from[number(d.New)] = time.Now()
		}
		return nil, nil, nil
	}, rt.PriorityHigh)
	live.OnChange(func(_ context.Context, d *config.Diff) error {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.until[number(d.Old)] = time.Now()
		return nil
	}, rt.PriorityLow)
}

// number returns the number of the step that a configuration belongs to.
func number(cfg *config.Config) int {
	n, err := strconv.Atoi(cfg.Middlewares["stamp"].(config.Headers).Response["Step"])
	if err != nil {
		panic(err)
	}
	return n
}

// client sends requests without pause until ctx ends.
func (j *journal) client(ctx context.Context, id int, proxy string) {
	client := &http.Client{Transport: &http.Transport{}, Timeout: testkit.Patience}
	defer client.CloseIdleConnections()
	paths := []string{"/", "/shop/cart", "/news"}
	for i := id; ctx.Err() == nil; i++ {
		s := ask(client, proxy, paths[i%len(paths)])
		j.mu.Lock()
		j.samples = append(j.samples, s)
		j.seen[s.step]++
		j.more.Broadcast()
		j.mu.Unlock()
		if s.err != nil {
			return
		}
	}
}

func ask(client *http.Client, proxy, path string) (s sample) {
	s.path, s.begun = path, time.Now()
	defer func() { s.ended = time.Now() }()
	response, err := client.Get(proxy + path)
	if err != nil {
		s.err = err
		return s
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if s.err = err; err == nil && response.StatusCode != http.StatusOK {
		s.err = fmt.Errorf("status %s: %s", response.Status, body)
	}
	if s.err == nil {
		s.step, s.err = strconv.Atoi(response.Header.Get("Step"))
	}
	s.backend, s.saw = response.Header.Get("Backend"), string(body)
	return s
}

// wait waits until the step has answered so many requests.
func (j *journal) wait(ctx context.Context, step, many int) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	for j.seen[step] < many && ctx.Err() == nil {
		j.more.Wait()
	}
	return ctx.Err() == nil
}

// judge checks every request and counts the answers to /shop by step and backend.
func (j *journal) judge(t *testing.T) map[int]map[string]int {
	t.Helper()
	shared := map[int]map[string]int{}
	wrong := 0
	for _, s := range j.samples {
		until, gone := j.until[s.step]
		switch {
		case s.err != nil:
			t.Errorf("%s failed: %v", s.path, s.err)
		case storm[s.step].refused != "":
			t.Errorf("%s was answered by step %d, which was refused", s.path, s.step)
		case storm[s.step].shares(s.path)[s.backend] == 0:
			t.Errorf("%s was answered by %s in step %d", s.path, s.backend, s.step)
		case s.saw != map[string]string{"/": "/", "/news": "/news", "/shop/cart": "/cart"}[s.path]:
			t.Errorf("%s reached the backend as %s", s.path, s.saw)
		case s.ended.Before(j.from[s.step]), gone && s.begun.After(until):
			t.Errorf("%s was answered by step %d, which was not in force between its begin and its end", s.path, s.step)
		default:
			if s.path == "/shop/cart" {
				if shared[s.step] == nil {
					shared[s.step] = map[string]int{}
				}
				shared[s.step][s.backend]++
			}
			continue
		}
		if wrong++; wrong == 10 {
			t.Fatal("and so on")
		}
	}
	return shared
}

// checkShares compares the answers to /shop with the weights of the step.
func checkShares(t *testing.T, number int, s step, got map[string]int) {
	t.Helper()
	total := got["a"] + got["b"]
	want := float64(s.a) / float64(s.a+s.b)
	if total < 50 {
		t.Errorf("step %d: only %d requests to judge the shares by", number, total)
	} else if share := float64(got["a"]) / float64(total); math.Abs(share-want) > 0.05 {
		t.Errorf("step %d: a answered %d of %d requests, want about %.0f%%", number, got["a"], total, 100*want)
	}
}
