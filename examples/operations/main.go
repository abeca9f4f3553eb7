// Operations is a service as its operator meets it: a relay whose configuration
// comes from a tree of files, an .env file, environment variables and flags, is kept
// in a store, and is asked about and changed on standard input. It sends no mail.
//
//	go run ./examples/operations --config examples/operations/config
//
// Beside the folder with the configuration are migrations, which bring files of an
// older version to the newest, and the store, which is made.
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

// run is the service, from start to clean end. It ends with ctx, when the input does,
// or when it is told to quit.
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
	go func() { // it may wait for input for ever; the end of the program is its end
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
