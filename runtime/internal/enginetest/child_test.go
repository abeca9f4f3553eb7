//go:build linux

package enginetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// children holds the functions that the test binary runs when it is started as a child.
var children = map[string]func(path string){
	"follow": childFollow,
	"emfile": childWithoutDescriptors,
}

// A child is the test binary running as another process, which reports on standard
// output, line by line.
type child struct {
	t     testing.TB
	cmd   *exec.Cmd
	lines chan string
}

func startChild(t testing.TB, what, path string) *child {
	t.Helper()
	c := &child{t: t, cmd: exec.Command(os.Args[0]), lines: make(chan string, 1000)}
	c.cmd.Env = append(os.Environ(), "HOTBIND_CHILD="+what, "HOTBIND_FILE="+path)
	in, err := c.cmd.StdinPipe()
	must(t, err)
	out, err := c.cmd.StdoutPipe()
	must(t, err)
	c.cmd.Stderr = os.Stderr
	must(t, c.cmd.Start())
	go func() {
		defer close(c.lines)
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			c.lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		in.Close() // which ends the child
		for range c.lines {
		}
		if err := c.cmd.Wait(); err != nil {
			t.Errorf("the child: %v", err)
		}
	})
	return c
}

// says waits for a line that contains part.
func (c *child) shows(part string) {
	c.t.Helper()
	limit := time.NewTimer(testkit.Patience)
	defer limit.Stop()
	for {
		select {
		case line, ok := <-c.lines:
			if !ok {
				c.t.Fatalf("the child ended before it printed %q", part)
			}
			if strings.Contains(line, part) {
				return
			}
		case <-limit.C:
			c.t.Fatalf("the child never printed %q", part)
		}
	}
}

// childOpen opens the configuration and prints every value that comes into force.
func childOpen(path string, opts ...rt.Option) *service.Live {
	live, err := service.Open(context.Background(), append([]rt.Option{rt.From(rt.File(path)), quiet()}, opts...)...)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	live.Left().OnChange(func(_ context.Context, c rt.Change[int]) error {
		fmt.Println("left", c.New)
		return nil
	})
	fmt.Println("open", live.Current().Left)
	return live
}

func childFollow(path string) {
	live := childOpen(path, rt.WithPollInterval(time.Second))
	defer live.Close()
	io.Copy(io.Discard, os.Stdin)
}

// childWithoutDescriptors cannot open a file until it has reported that.
func childWithoutDescriptors(path string) {
	live := childOpen(path, rt.WithPollInterval(50*time.Millisecond))
	defer live.Close()
	free, err := os.Open(path)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var limit syscall.Rlimit
	before := limit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	limit = before
	limit.Cur = uint64(free.Fd()) // the lowest free one
	free.Close()
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("exhausted")
	for end := time.Now().Add(testkit.Patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if err := live.Manager().Status().LastError; errors.Is(err, syscall.EMFILE) {
			fmt.Println(err)
			break
		}
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &before); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	io.Copy(io.Discard, os.Stdin)
}
