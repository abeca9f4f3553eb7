//go:build unix

package notify_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/internal/outbox"
	"github.com/hotbind/hotbind/runtime/notify"

	rt "github.com/hotbind/hotbind/runtime"
)

// F132: a console that is a named pipe without a reader fills up and blocks. Neither the
// publisher nor another channel is delayed. Dropped notifications are counted, and a
// later reader gets complete lines.
func TestF132_PipeWithoutReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	must(t, syscall.Mkfifo(path, 0o600))
	pipe, err := os.OpenFile(path, os.O_RDWR, 0) // opening it only for writing would wait
	must(t, err)
	const line = "12:00:00 ✓ revision 7 is in force\n"
	must(t, pipe.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
	for err == nil { // until it is full; a line is written completely or not at all
		_, err = pipe.WriteString(line)
	}
	must(t, pipe.SetWriteDeadline(time.Time{}))
	o := outbox.New(20*time.Millisecond, nil)
	q := notify.NewQueue("q", 2000)
	must(t, o.Add(notify.Console(pipe), rt.ChannelOptions{QueueLength: 10}))
	must(t, o.Add(q, rt.ChannelOptions{QueueLength: 2000}))
	for i := range 2000 {
		o.Publish(note(i))
	}
	for range 2000 {
		if _, err := q.Next(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Until(t, "a failure", func() bool { return o.Stats()[0].Failed > 0 })
	if s := o.Stats()[0]; s.Sent != 0 || s.Dropped < 1989 || s.Dropped+uint64(s.Waiting) != 1999 || !errors.Is(s.LastError, context.DeadlineExceeded) {
		t.Errorf("got %+v", s)
	}
	read := make(chan string)
	go func() {
		defer close(read)
		lines := bufio.NewReader(pipe)
		for {
			got, err := lines.ReadString('\n')
			if err != nil {
				return // it was closed, perhaps in the middle of a line
			}
			if got != line {
				read <- got
			}
		}
	}()
	testkit.Until(t, "that none waits", func() bool { return o.Stats()[0].Waiting == 0 })
	must(t, o.Close())
	must(t, pipe.Close())
	for line := range read {
		t.Errorf("got %q", line)
	}
}

// F132: a named pipe is not a file to append to, and opening it would wait for a reader:
// it is refused at once, also when it replaces the file later.
func TestF132_FileIsAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.jsonl")
	c := newFile(t, path)
	must(t, os.Remove(path))
	must(t, syscall.Mkfifo(path, 0o600))
	if err := c.Send(context.Background(), note(1)); err == nil || !strings.Contains(err.Error(), "is not a regular file: p") {
		t.Errorf("got %v", err)
	}
	if _, err := notify.File(path); err == nil {
		t.Error("it was taken")
	}
	must(t, os.Remove(path))
	send(t, c, 2, 2)
	wantIDs(t, idsIn(t, path), 2, 2)
}

// A disk that is full in the middle of a line is an error of Send, each time. When there
// is space again, the line is written completely, and its earlier part is on a line of
// its own.
func TestDiskFull(t *testing.T) {
	path := os.Getenv("HOTBIND_TEST_FULL")
	if path == "" {
		path = filepath.Join(t.TempDir(), "n.jsonl")
		child := exec.Command(os.Args[0], "-test.run=^TestDiskFull$")
		child.Env = append(os.Environ(), "HOTBIND_TEST_FULL="+path)
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	// In a separate process, which cannot write a file larger than two and a half lines.
	line := len(filed(t, note(1)))
	signal.Ignore(unix.SIGXFSZ)
	var limit unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_FSIZE, &limit))
	unlimited := limit
	limit.Cur = uint64(line*2 + line/2)
	must(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &limit))
	c := newFile(t, path)
	send(t, c, 1, 2)
	for range 2 {
		var retry *notify.RetryError
		if err := c.Send(context.Background(), note(3)); !errors.As(err, &retry) || !errors.Is(err, unix.EFBIG) {
			t.Fatalf("got %v", err)
		}
	}
	must(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &unlimited))
	send(t, c, 3, 4)
	text, err := os.ReadFile(path)
	must(t, err)
	lines := bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	var got []string
	for _, l := range lines {
		var record struct{ ID string }
		if json.Unmarshal(l, &record) != nil {
			record.ID = "torn"
		}
		got = append(got, record.ID)
	}
	if fmt.Sprint(got) != "[id-1 id-2 torn id-3 id-4]" {
		t.Errorf("got %v: %s", got, text)
	}
}
