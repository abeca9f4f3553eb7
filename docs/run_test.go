//go:build unix

package docs_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hotbind/hotbind/generator"
	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

// tutorial is the page whose schema and configuration the other pages begin with.
const tutorial = "docs/getting-started.md"

// TestPages runs every page. What pages download is downloaded before, so that they take
// this checkout for hotbind and ask no registry for another.
func TestPages(t *testing.T) {
	t.Parallel()
	(&runner{T: t}).download(".")
	for _, p := range append(pages(t), "README.md") {
		t.Run(strings.TrimPrefix(p, "docs/"), func(t *testing.T) {
			t.Parallel()
			newRunner(t, read(t, p)).run()
		})
	}
}

// A runner runs one page.
type runner struct {
	*testing.T
	page      *page
	folder    string
	given     []string
	terminals map[string]*terminal
	edits     []edit // for -update
}

// An edit replaces the text of a block.
type edit struct{ old, new string }

func newRunner(t *testing.T, p *page) *runner {
	r := &runner{T: t, page: p, folder: t.TempDir(), terminals: map[string]*terminal{}}
	if !slices.ContainsFunc(p.parts, func(p part) bool { v, _ := p.find("folder"); return v == "empty" }) {
		r.module()
	}
	return r
}

// download fetches what a module of the repository needs.
func (r *runner) download(module string) {
	r.Helper()
	cmd := exec.Command("go", "mod", "download")
	cmd.Dir = filepath.Join(root, module)
	if out, err := cmd.CombinedOutput(); err != nil {
		r.Fatalf("go mod download in %s: %v\n%s", module, err, out)
	}
}

// module makes the folder the module of the tutorial.
func (r *runner) module() {
	gomod, sum := r.repository("go.mod"), r.repository("go.sum")
	r.write("go.mod", strings.Replace(gomod, "module github.com/hotbind/hotbind", "module example.com/shop", 1)+
		"\ntool github.com/hotbind/hotbind/cmd/hotbind\nrequire github.com/hotbind/hotbind v0.0.0\nreplace github.com/hotbind/hotbind => "+root+"\n")
	r.write("go.sum", sum)
	for _, part := range read(r.T, tutorial).parts {
		name, ok := part.find("file")
		if ok && (name == "config.schema.yaml" || name == "config.yaml") && !r.exists(name) {
			r.write(name, part.text)
		}
	}
	files, err := generator.Generate(generator.Options{Name: "config.schema.yaml", Schema: []byte(r.content("config.schema.yaml")), Package: "config"})
	if err != nil {
		r.Fatalf("the schema of %s: %v", tutorial, err)
	}
	for _, f := range files {
		r.write("config/"+f.Name, string(f.Content))
	}
}

func (r *runner) run() {
	var fragments []part
	for _, p := range r.page.parts {
		for _, d := range p.directives {
			r.directive(p, d)
		}
		name, isFile := p.find("file")
		terminal, inTerminal := p.find("terminal")
		switch p.language {
		case "console":
			if inTerminal {
				r.follow(p, terminal)
			} else {
				r.console(p)
			}
		case "go":
			if _, later := p.find("later"); later {
				continue
			}
			if isFile {
				r.write(name, p.text)
			} else {
				fragments = append(fragments, p)
			}
		case "yaml", "json", "toml", "sh":
			r.data(p, name)
		case "", "text": // nothing to check
			if p.text != "" && p.language == "" {
				r.Errorf("%s:%d: the block names no language", r.page.path, p.line)
			}
		default:
			r.Errorf("%s:%d: no test knows blocks of %q", r.page.path, p.line, p.language)
		}
	}
	for name, t := range r.terminals {
		if !t.ended {
			r.Errorf("%s: the command in terminal %s is still running at the end of the page; end it with ^C", r.page.path, name)
		}
	}
	if slices.ContainsFunc(r.page.parts, func(p part) bool { _, later := p.find("later"); return later && p.language == "" }) {
		fragments = nil
	}
	for _, p := range fragments {
		r.fragment(p)
	}
	if len(fragments) > 0 && !r.Failed() {
		if out, err := r.command("go vet -unreachable=false ./..."); err != nil {
			r.Errorf("%s", out)
		}
	}
	if *update {
		r.update()
	}
}

// directive carries out a comment that has no block, and refuses unknown ones.
func (r *runner) directive(p part, d directive) {
	switch d.name {
	case "run":
		if out, err := r.command(d.value); err != nil {
			r.Fatalf("%s:%d: %s: %v\n%s", r.page.path, p.line, d.value, err, out)
		}
	case "given":
		r.given = append(r.given, d.value)
	case "file":
		if name, content, ok := strings.Cut(d.value, "\n"); ok {
			r.write(name, content+"\n")
		} else if p.language == "" {
			r.Errorf("%s:%d: no block below names the content of %s", r.page.path, p.line, name)
		}
	case "later", "module", "generated", "end", "folder", "status", "terminal", "valid", "schema":
	default:
		r.Errorf("%s:%d: unknown directive %q", r.page.path, p.line, d.name)
	}
}

// data checks a block that is a document.
func (r *runner) data(p part, name string) {
	if name != "" {
		r.write(name, p.text)
		return
	}
	if _, ok := p.find("schema"); ok {
		if _, err := generator.Generate(generator.Options{Name: "schema.yaml", Schema: []byte(p.text), Package: "config"}); err != nil {
			r.Errorf("%s:%d: %v", r.page.path, p.line, err)
		}
		return
	}
	schema, ok := p.find("valid")
	if !ok {
		r.Errorf("%s:%d: nothing says what this block is: put file, valid or schema above it", r.page.path, p.line)
		return
	}
	at := filepath.Join(r.folder, schema)
	if strings.HasPrefix(schema, "schemas/") {
		at = filepath.Join(root, schema)
	}
	s, findings := validate.Load(filepath.Base(at), []byte(r.read(at)), os.DirFS(filepath.Dir(at)))
	if s == nil {
		r.Fatalf("%s:%d: %v", r.page.path, p.line, findings)
	}
	doc, findings := document.Parse("block."+p.language, []byte(p.text), document.Limits{})
	if len(findings) == 0 {
		findings = s.Validate(doc)
	}
	if len(findings) > 0 {
		r.Errorf("%s:%d: %v", r.page.path, p.line, findings)
	}
}

// console runs the commands of a block and compares what each prints.
func (r *runner) console(p part) {
	var now strings.Builder
	steps := commands(p.text)
	for i, s := range steps {
		out, err := r.command(s.command)
		want := "0"
		if status, ok := p.find("status"); ok && i == len(steps)-1 {
			want = status
		}
		if got := status(err); got != want {
			r.Errorf("%s:%d: %s: exit status %s, want %s\n%s", r.page.path, p.line+s.line, s.command, got, want, out)
		}
		fmt.Fprintf(&now, "$ %s\n%s", s.shown, merge(s.output, out))
		if !matches(s.output, out) && !*update {
			r.Errorf("%s:%d: %s prints\n%s\nthe page has\n%s", r.page.path, p.line+s.line, s.command, out, s.output)
		}
	}
	if now.String() != p.text {
		r.edits = append(r.edits, edit{p.text, now.String()})
	}
}

// A step is a command of a console block and the output that the page shows.
type step struct {
	line                   int
	shown, command, output string
}

func commands(block string) (steps []step) {
	for i, line := range strings.SplitAfter(block, "\n") {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			command = strings.TrimSuffix(command, "\n")
			steps = append(steps, step{line: i, shown: command, command: command})
		} else if last := len(steps) - 1; last >= 0 && line != "" {
			if s := &steps[last]; s.output == "" && strings.HasSuffix(s.command, `\`) {
				s.command, s.shown = strings.TrimSuffix(s.command, `\`)+line, s.shown+"\n"+line
				s.command, s.shown = strings.TrimSuffix(s.command, "\n"), strings.TrimSuffix(s.shown, "\n")
			} else {
				s.output += line
			}
		}
	}
	return steps
}

// A terminal is a command that goes on running, and the lines it has printed.
type terminal struct {
	cmd   *exec.Cmd
	lines chan string
	ended bool
}

// follow starts the command of a block, or goes on with one, and waits for the lines that
// the page shows.
func (r *runner) follow(p part, name string) {
	lines := strings.Split(strings.TrimSuffix(p.text, "\n"), "\n")
	if command, ok := strings.CutPrefix(lines[0], "$ "); ok {
		r.terminals[name] = r.start(command)
		lines = lines[1:]
	}
	t := r.terminals[name]
	if t == nil {
		r.Fatalf("%s:%d: nothing runs in terminal %s", r.page.path, p.line, name)
	}
	var since []string // what was printed since the last line that the page shows
	skip := false
	for i, want := range lines {
		switch want {
		case "...":
			skip = true
			continue
		case "^C":
			t.end(r)
			continue
		}
		for since = nil; ; {
			line, err := t.next()
			if since = append(since, line); err == nil && matches(want, line) {
				break
			}
			if err != nil || !skip {
				r.Fatalf("%s:%d: %v: terminal %s prints\n%s\nthe page has\n%s", r.page.path, p.line+i, err, name, strings.Join(since, "\n"), want)
			}
		}
		skip = false
	}
}

func (r *runner) start(command string) *terminal {
	ctx, cancel := context.WithCancel(context.Background())
	cmd := r.prepare(ctx, command)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		r.Fatal(err)
	}
	t := &terminal{cmd: cmd, lines: make(chan string, 1000)}
	go func() { in.CloseWithError(cmp.Or(cmd.Wait(), io.EOF)) }()
	go func() {
		defer close(t.lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			t.lines <- scan.Text()
		}
	}()
	r.Cleanup(func() {
		cancel()
		for range t.lines {
		}
	})
	return t
}

// next returns the next line, or why there is none.
func (t *terminal) next() (string, error) {
	select {
	case line, ok := <-t.lines:
		if !ok {
			return "", io.EOF
		}
		return line, nil
	case <-time.After(testkit.Patience):
		return "", errors.New("waited in vain")
	}
}

// end interrupts the command as Ctrl-C does.
func (t *terminal) end(r *runner) {
	t.ended = true
	if err := syscall.Kill(-t.cmd.Process.Pid, syscall.SIGINT); err != nil {
		r.Error(err)
	}
}

func (r *runner) prepare(ctx context.Context, command string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir = r.folder
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "GOSUMDB=off", "GOWORK=off", "CHECKOUT="+root, "HOTBIND_ENV=", "APP_ENV=", "ENVIRONMENT=", "GO_ENV=", "TZ=UTC", "PWD="+r.folder)
	return cmd
}

// home stands in outputs for the page's folder.
const home = "/home/ada/shop"

// command runs a command and returns what it printed on both streams.
func (r *runner) command(command string) (string, error) {
	out, err := r.prepare(r.Context(), command).CombinedOutput()
	return strings.ReplaceAll(string(out), r.folder, home), err
}

func status(err error) string {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "0"
	case errors.As(err, &exit):
		return fmt.Sprint(exit.ExitCode())
	}
	return err.Error()
}

// matches reports whether output is what a page shows, in which "..." stands for any
// lines and "…" for any text in a line.
func matches(shown, output string) bool {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(shown), "\n") {
		if strings.TrimSpace(line) == "..." {
			b.WriteString(`(?:.*\n)*?`)
			continue
		}
		parts := strings.Split(strings.TrimRight(line, " "), "…")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		b.WriteString(strings.Join(parts, ".*") + ` *\n`)
	}
	return regexp.MustCompile(`^\n*` + b.String() + `\n*$`).MatchString(strings.TrimSpace(output) + "\n")
}

// merge is the new text of an output: what the page shows where that still matches, line
// by line if both have as many.
func merge(shown, output string) string {
	if matches(shown, output) {
		return shown
	}
	old, now := strings.Split(strings.TrimSpace(shown), "\n"), strings.Split(strings.TrimSpace(output), "\n")
	for i := range now {
		if now[i] = strings.TrimRight(now[i], " "); len(old) == len(now) && matches(old[i], now[i]) {
			now[i] = old[i]
		}
	}
	return strings.Join(now, "\n") + "\n"
}

// update writes into the page what the commands print now.
func (r *runner) update() {
	text := r.page.text
	for _, e := range r.edits {
		text = bytes.Replace(text, []byte("```console\n"+e.old), []byte("```console\n"+e.new), 1)
	}
	if err := os.WriteFile(filepath.Join(root, r.page.path), text, 0o644); err != nil {
		r.Fatal(err)
	}
}

func (r *runner) write(name, content string) {
	r.Helper()
	path := filepath.Join(r.folder, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		r.Fatal(err)
	}
}

func (r *runner) exists(name string) bool {
	_, err := os.Stat(filepath.Join(r.folder, name))
	return err == nil
}

func (r *runner) content(name string) string    { return r.read(filepath.Join(r.folder, name)) }
func (r *runner) repository(name string) string { return r.read(filepath.Join(root, name)) }

func (r *runner) read(path string) string {
	r.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		r.Fatal(err)
	}
	return string(content)
}
