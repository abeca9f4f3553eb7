package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/call"
	"github.com/hotbind/hotbind/runtime/internal/part"
	"github.com/hotbind/hotbind/runtime/source"
)

// Reads is notified about reads of sources that follow a store.
type Reads interface {
	// Read is called after a source was read, with the revision of its store.
	Read(src source.Source, revision source.Revision)
	// Unread is called if a source could not be read. LastGood is the time of the last
	// good content in use; zero: none is.
	Unread(src source.Source, err error, lastGood time.Time)
}

// Follows reports whether a source follows a store.
func Follows(src source.Source) bool {
	_, follower := src.(source.Follower)
	_, revisioned := src.(source.Revisioned)
	return follower || revisioned
}

// readOne reads a source. If a source that follows a store cannot be read, readOne
// returns its last good content, where that is kept.
func (l *Loader) readOne(ctx context.Context, src source.Source) ([]byte, error) {
	content, revision, err := read(ctx, src)
	switch {
	case !Follows(src), err != nil && ctx.Err() != nil:
		return content, err
	case err == nil:
		l.reads.Read(src, revision)
		return content, nil
	}
	good, damaged := l.lastGood.load(src.Name())
	if damaged != nil && !errors.Is(damaged, fs.ErrNotExist) {
		err = fmt.Errorf("%w; its last good content: %w", err, damaged)
	}
	l.reads.Unread(src, err, good.time)
	if damaged != nil {
		return nil, err
	}
	return good.content, nil
}

// read reads a source. It turns a panic of the source, which may be code of the
// application, into an error.
func read(ctx context.Context, src source.Source) (content []byte, revision source.Revision, err error) {
	err = call.Guard(func() (err error) {
		if store, ok := src.(source.Revisioned); ok {
			content, revision, err = store.ReadRevision(ctx)
		} else {
			content, err = src.Read(ctx)
		}
		return err
	})
	return content, revision, err
}

// KeepGood saves the content of the sources that follow a store, because it is in force.
// It returns an error for each content that it could not save.
func (l *Loader) KeepGood(c Content) (errs []error) {
	for i := range c.Layers {
		src := l.layers[i].src
		if !Follows(src) {
			continue
		}
		if err := l.lastGood.save(src.Name(), c.Layers[i]); err != nil {
			errs = append(errs, &source.Error{Source: src.Name(), Cause: err})
		}
	}
	return errs
}

// lastGood is the content that was last good of sources that follow a store.
type lastGood struct {
	disk part.LastGood // nil if content is not saved

	mu    sync.Mutex
	known map[string]good
}

type good struct {
	content []byte
	time    time.Time
	saved   bool // on disk
}

// load returns the content that is kept for a source, or fs.ErrNotExist if there is none.
func (g *lastGood) load(src string) (good, error) {
	if g.disk == nil {
		return good{}, fs.ErrNotExist
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if one, ok := g.known[src]; ok {
		return one, nil
	}
	content, kept, err := g.disk.Load(src)
	if err != nil {
		return good{}, err
	}
	one := good{content, kept, true}
	g.known[src] = one
	return one, nil
}

// save saves content, unless it is saved already.
func (g *lastGood) save(src string, content []byte) error {
	if g.disk == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	one, known := g.known[src]
	if !known || !bytes.Equal(one.content, content) {
		one = good{content: content, time: time.Now()}
	}
	if one.saved {
		return nil
	}
	err := g.disk.Save(src, content)
	one.saved = err == nil
	g.known[src] = one // even if only memory has it: the earlier good content is older
	return err
}
