package source_test

import (
	"context"
	"fmt"
	"sync"

	"github.com/hotbind/hotbind/examples/quickstart/config"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/source"

	rt "github.com/hotbind/hotbind/runtime"
)

// A key is a source that reads a value of a key-value store and follows it.
type key struct {
	mu      sync.Mutex
	text    string
	changed chan struct{}
}

func (k *key) Name() string { return "kv/shop.yaml" }

func (k *key) Read(context.Context) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return []byte(k.text), nil
}

func (k *key) Document(content []byte, _ document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	return document.Parse(k.Name(), content, limits)
}

// Follow makes the source a source.Follower.
func (k *key) Follow(ctx context.Context, changed func()) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-k.changed:
			changed()
		}
	}
}

func (k *key) put(text string) {
	k.mu.Lock()
	k.text = text
	k.mu.Unlock()
	k.changed <- struct{}{}
}

var _ source.Follower = (*key)(nil)

// A custom source needs three methods, and Follow to report changes. Test it with package
// sourcetest.
func Example() {
	k := &key{text: "pool: {workers: 2}", changed: make(chan struct{}, 1)}
	live, err := config.Open(context.Background(), rt.From(k), rt.WithLogger(nil))
	if err != nil {
		panic(err)
	}
	defer live.Close()
	done := make(chan struct{})
	live.Pool().Workers().OnChange(func(_ context.Context, c rt.Change[int]) error {
		defer close(done)
		fmt.Println(c)
		return nil
	})
	k.put("pool: {workers: 4}")
	<-done
	// Output: 2 → 4
}
