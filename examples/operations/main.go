// Operations shows a service as its operator sees it: a mail relay whose configuration
// comes from a tree of files, an .env file, environment variables and flags. It keeps
// revisions in a store, and reads commands from standard input that inspect and change
// the configuration. It sends no mail.
//
//	go run ./examples/operations --config examples/operations/config
//
// Beside the folder with the configuration are the migrations for files of older
// versions, and the store, which is created.
package main

//go:generate go run ../../cmd/hotbind generate --out settings settings.schema.yaml

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	flags, err := parseFlags(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err = run(ctx, flags, os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run runs the service until ctx or the input ends or the operator quits.
func run(ctx context.Context, flags *flags, in io.Reader, out io.Writer) error {
	screen := &screen{out: out}
	relay, err := start(ctx, screen, flags.options()...)
	if err != nil {
		return err
	}
	defer relay.stop()
	console := &console{live: relay.live, screen: screen}
	console.greet()
	lines := make(chan string)
	go func() { // may wait for input until the program ends
		defer close(lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			lines <- s.Text()
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case line, more := <-lines:
			if !more || !console.do(ctx, line) {
				return nil
			}
		}
	}
}
