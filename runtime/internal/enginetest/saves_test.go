package enginetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// Files are saved at random moments, in place and by rename, while readers and hooks
// observe. Nobody ever sees half a save: each prefix of the file is valid, so a torn read
// would be applied, and left and right would differ. No save is refused, and the last one
// is in force at the end. With HOTBIND_FULL=1 there are 10,000 saves, otherwise a few
// hundred.
func TestSaves_NoTornValue(t *testing.T) {
	t.Parallel()
	files, saves := 10, 20
	if full {
		files, saves = 25, 400
	}
	for i := range files {
		t.Run(fmt.Sprint("file ", i), func(t *testing.T) {
			t.Parallel()
			saveAtRandom(t, rand.New(rand.NewPCG(uint64(i), 1)), saves)
		})
	}
}

// saved returns a file of about 20 KB, so that it is not read or written in one page,
// with left at its beginning and right at its end.
func saved(n int) string {
	return fmt.Sprintf("name: service\nleft: %d\n%sright: %d\n", n, strings.Repeat("# "+strings.Repeat("x", 60)+"\n", 300), n)
}

func saveAtRandom(t *testing.T, random *rand.Rand, saves int) {
	path := file(t, saved(1))
	f := follow(t, rt.File(path), rt.WithPollInterval(250*time.Millisecond))
	var torn atomic.Int64
	check := func(c *service.Config) {
		if c.Left != c.Right {
			torn.Add(1)
		}
	}
	f.OnChange(func(_ context.Context, d *service.Diff) error {
		check(d.Old)
		check(d.New)
		return nil
	})
	var stop atomic.Bool
	var readers sync.WaitGroup
	defer stop.Store(true)
	for range 2 {
		readers.Go(func() {
			for !stop.Load() {
				check(f.Current())
				time.Sleep(200 * time.Microsecond)
			}
		})
	}
	for n := range saves {
		if random.IntN(2) == 0 {
			write(t, path, saved(n+2))
		} else {
			replace(t, path, saved(n+2))
		}
		// Mostly short, and now and then long enough for the file to be read.
		pause := time.Duration(random.IntN(100)) * time.Millisecond
		if random.IntN(6) == 0 {
			pause += time.Duration(random.IntN(700)) * time.Millisecond
		}
		time.Sleep(pause)
	}
	f.left(saves + 1)
	stop.Store(true)
	readers.Wait()
	if n := torn.Load(); n > 0 {
		t.Errorf("got %d torn values", n)
	}
	f.logged("ERROR", 0)
	if info, err := os.Stat(path); err != nil || info.Size() != int64(len(saved(saves+1))) {
		t.Errorf("the test failed to save: %v", err)
	}
}
