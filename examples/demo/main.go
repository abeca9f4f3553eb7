// Demo shows what hotbind does in less than a minute: it builds and starts the
// quickstart service, changes its configuration as people and tools do, and shows
// what the service does with each change. It fails if a step has another outcome
// than expected.
//
//	go run ./examples/demo
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	quick := flag.Bool("quick", false, "leave out the pauses for the reader")
	flag.Parse()
	// SIGPIPE: a closed output must not prevent the cleanup.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	show := newScreen(os.Stdout, colorful(os.Stdout))
	if *quick {
		show.pause = 0
	}
	err := run(ctx, show, script)
	stop()
	if err != nil {
		show.failed(err)
		os.Exit(1)
	}
}

// run runs the demo and removes everything that it created. The error names the first
// step with an unexpected outcome.
func run(ctx context.Context, show *screen, script []scene) (err error) {
	folder, err := os.MkdirTemp("", "hotbind-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	show.title("hotbind: a service that follows its configuration file")

	example, err := goTool(ctx, "list", "-f", "{{.Dir}}", module+"/examples/quickstart")
	if err != nil {
		return err
	}
	show.does("check that the generated package is up to date")
	if _, err := goTool(ctx, "run", module+"/cmd/hotbind", "generate", "--check",
		"--out", filepath.Join(example, "config"), filepath.Join(example, "config.schema.yaml")); err != nil {
		return err
	}
	show.good("the package config is what config.schema.yaml generates")
	show.does("build the service")
	binary := filepath.Join(folder, "quickstart")
	if _, err := goTool(ctx, "build", "-trimpath", "-o", binary, module+"/examples/quickstart"); err != nil {
		return err
	}
	show.good("examples/quickstart is built")
	text, err := os.ReadFile(filepath.Join(example, "config.yaml"))
	if err != nil {
		return err
	}

	steps := 0
	for _, scene := range script {
		home := filepath.Join(folder, strings.ReplaceAll(scene.title, " ", "-"))
		n, err := scene.play(ctx, show, binary, home, string(text))
		if err != nil {
			return err
		}
		steps += n
	}
	show.summary(fmt.Sprintf("%d steps, each with the expected outcome, in %.1f s", steps, time.Since(show.start).Seconds()))
	return nil
}

const module = "github.com/hotbind/hotbind"

// goTool runs the go command and returns what it prints.
func goTool(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	var out, problems strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, strings.TrimSpace(problems.String()))
	}
	return strings.TrimSpace(out.String()), nil
}
