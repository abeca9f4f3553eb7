package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/hotbind/hotbind/examples/quickstart/config"
	"github.com/hotbind/hotbind/runtime/history"

	rt "github.com/hotbind/hotbind/runtime"
)

// The examples use the generated package of examples/quickstart. They read a given text
// and log nothing; a program reads files: rt.From(rt.File("config.yaml")).
func open(text string, opts ...rt.Option) *config.Live {
	live, err := config.Open(context.Background(), append(opts,
		rt.From(rt.Bytes("config.yaml", []byte(text))), rt.WithLogger(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		panic(err)
	}
	return live
}

const text = `
log_level: info
pool: {workers: 2}
tenants:
  acme: {quota: 5}
`

// folder returns a temporary folder with files.
func folder(files map[string]string) (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			panic(err)
		}
	}
	return dir, func() { os.RemoveAll(dir) }
}

// A program opens its configuration once, reads fields of the current snapshot, and
// registers hooks for fields that it must act on.
func Example() {
	dir, remove := folder(map[string]string{"config.yaml": "pool: {workers: 2}\n"})
	defer remove()
	path := filepath.Join(dir, "config.yaml")

	ctx := context.Background()
	live, err := config.Open(ctx, rt.From(rt.File(path), rt.Env("EXAMPLE")), rt.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		panic(err) // every finding, with file, line and column
	}
	defer live.Close()
	fmt.Println("workers:", live.Current().Pool.Workers)

	done := make(chan struct{})
	live.Pool().Workers().OnChange(func(_ context.Context, c rt.Change[int]) error {
		defer close(done)
		fmt.Println("workers:", c.Old, "→", c.New)
		return nil
	})
	if err := os.WriteFile(path, []byte("pool: {workers: 8}\n"), 0o600); err != nil {
		panic(err)
	}
	<-done
	// Output:
	// workers: 2
	// workers: 2 → 8
}

// An error of a hook rolls the change back. Prepare does the work that can fail before
// the change is in force.
func Example_transaction() {
	live := open(text)
	defer live.Close()
	live.Pool().Workers().Prepare(func(_ context.Context, c rt.Change[int]) (commit, abort func(), err error) {
		if c.New > 10 {
			return nil, nil, errors.New("not enough memory")
		}
		return func() { fmt.Println("resized to", c.New) }, func() { fmt.Println("gave it up") }, nil
	})
	for _, workers := range []int{4, 20} {
		if _, err := live.Manager().Update(context.Background(), config.Set(live.Pool().Workers(), workers)); err != nil {
			var refused *rt.HookError
			errors.As(err, &refused)
			fmt.Println(refused.Field+":", refused.Cause)
		}
	}
	fmt.Println("workers:", live.Current().Pool.Workers)
	// Output:
	// resized to 4
	// pool.workers: not enough memory
	// workers: 4
}

// Sources are given weakest first.
func ExampleFrom() {
	os.Setenv("FROM_POOL_WORKERS", "6")
	cfg, err := config.Load(context.Background(), rt.From(
		rt.Bytes("defaults.yaml", []byte("log_level: debug\npool: {workers: 2}\n")),
		rt.Env("FROM"),
	))
	if err != nil {
		panic(err)
	}
	fmt.Println(cfg.LogLevel, cfg.Pool.Workers)
	// Output: debug 6
}

func ExampleFile() {
	_, err := config.Load(context.Background(), rt.From(rt.File("missing.yaml")))
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output: true
}

// A variable sets the field that the prefix and the path name.
func ExampleEnv() {
	os.Setenv("SHOP_POOL_JOB_TIME", "20ms")
	cfg, err := config.Load(context.Background(), rt.From(rt.Env("SHOP")))
	if err != nil {
		panic(err)
	}
	fmt.Println(cfg.Pool.JobTime)
	// Output: 20ms
}

// A folder with a file for all, one for the environment and one for the instance.
func ExampleTree() {
	dir, remove := folder(map[string]string{
		"base.yaml":                    "log_level: info\npool: {workers: 2}\n",
		"environments/production.yaml": "pool: {workers: 16}\n",
		"agents/web-1.yaml":            "log_level: debug\n",
	})
	defer remove()
	cfg, err := config.Load(context.Background(), rt.From(
		rt.Tree(dir, rt.Environment("production"), rt.Agent("web-1")),
		rt.Dotenv(filepath.Join(dir, ".env"), "SHOP"), // if there is one
	))
	if err != nil {
		panic(err)
	}
	fmt.Println(cfg.LogLevel, cfg.Pool.Workers)
	// Output: debug 16
}

// Every finding has a place, so that people and programs find the mistake.
func ExampleValidationError() {
	_, err := config.Parse("config.yaml", []byte("log_level: info\npool:\n  workers: 900\n  jobtime: 5ms\n"))
	var invalid *rt.ValidationError
	if errors.As(err, &invalid) {
		for _, f := range invalid.Findings {
			fmt.Printf("line %d, %s breaks %s\n", f.Pos.Line, f.Path, f.Rule)
		}
	}
	fmt.Println(err)
	// Output:
	// line 3, pool.workers breaks maximum
	// line 4, pool.jobtime breaks additionalProperties
	// config.yaml:3:12: pool.workers: 900 is more than the maximum 64
	// config.yaml:4:3: pool.jobtime: unknown property "jobtime" (did you mean job_time?)
}

// Update sets values above all sources; hooks and validators may refuse them.
func ExampleManager_Update() {
	live := open(text)
	defer live.Close()
	result, err := live.Manager().Update(context.Background(),
		config.Set(live.Pool().Workers(), 4),                      // typed
		rt.Set("tenants.globex", json.RawMessage(`{"quota": 3}`)), // by path
		rt.IfRevision(live.Manager().Status().Revision.ID))        // unless somebody was faster
	fmt.Println(result.Changes, err)

	_, err = live.Manager().Update(context.Background(), rt.Set("pool.workers", 900))
	fmt.Println(err)
	// Output:
	// pool.workers: 2 → 4
	// tenants.globex: added {"quota":3} <nil>
	// configuration refused, revision 2 stays in force: (api): pool.workers: 900 is more than the maximum 64
}

// A dry run returns what a request would do, or the error that it would be refused with.
func ExampleManager_DryRun() {
	live := open(text)
	defer live.Close()
	live.Pool().Workers().OnChange(func(context.Context, rt.Change[int]) error { return nil })
	result, err := live.Manager().DryRun(context.Background(), rt.Set("pool.workers", 4))
	fmt.Println(result.Changes, len(result.Hooks), err)
	fmt.Println("workers:", live.Current().Pool.Workers)
	// Output:
	// pool.workers: 2 → 4 1 <nil>
	// workers: 2
}

func ExampleManager_Rollback() {
	live := open(text)
	defer live.Close()
	ctx, m := context.Background(), live.Manager()
	m.Update(ctx, rt.Set("pool.workers", 4))
	result, err := m.Rollback(ctx, rt.Steps(1))
	fmt.Println(result.Changes, err)
	fmt.Println(result.To.ID, result.To.Cause, result.To.Restores)
	_, err = m.Rollback(ctx, rt.To(99))
	fmt.Println(errors.Is(err, rt.ErrRevisionNotFound))
	// Output:
	// pool.workers: 4 → 2 <nil>
	// 3 rollback 1
	// true
}

// Explain lists what each layer sets, strongest first.
func ExampleManager_Explain() {
	live := open(text, rt.From(rt.Bytes("base.yaml", []byte("pool: {workers: 1}\n"))))
	defer live.Close()
	live.Manager().Update(context.Background(), rt.Set("pool.workers", 8))
	x, err := live.Manager().Explain("pool.workers")
	if err != nil {
		panic(err)
	}
	for _, layer := range x.Layers {
		fmt.Println(layer.Pos, layer.Value)
	}
	// Output:
	// (api) 8
	// config.yaml:3:17 2
	// base.yaml:1:17 1
	// (default) 2
}

// Reload reads the sources now; a refusal leaves everything as it was.
func ExampleManager_Reload() {
	dir, remove := folder(map[string]string{"config.yaml": "pool: {workers: 2}\n"})
	defer remove()
	path := filepath.Join(dir, "config.yaml")
	live, err := config.Open(context.Background(), rt.From(rt.File(path)), rt.WithHotReload(false), rt.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		panic(err)
	}
	defer live.Close()
	for _, content := range []string{"pool: {workers: 3}\n", "pool: {workers: many}\n"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			panic(err)
		}
		result, err := live.Manager().Reload(context.Background())
		fmt.Println(result.Changed, err != nil, live.Current().Pool.Workers)
	}
	// Output:
	// true false 3
	// false true 3
}

// LastError is nil exactly while the newest content of the sources is in force.
func ExampleManager_Status() {
	live := open(text)
	defer live.Close()
	s := live.Manager().Status()
	fmt.Println(s.Revision.ID, s.Revision.Cause, s.Strategy, s.LastError)
	// Output: 1 file_change immediate <nil>
}

// A validator sees the whole candidate; its findings get the place of their path.
func ExampleManager_AddValidator() {
	live := open(text)
	defer live.Close()
	live.Manager().AddValidator(func(snapshot any) []rt.Finding {
		if c := snapshot.(*config.Config); c.Pool.Workers > 10*len(c.Tenants) {
			return []rt.Finding{{Path: "pool.workers", Message: "more than ten workers per tenant"}}
		}
		return nil
	})
	_, err := live.Manager().Update(context.Background(), rt.Set("pool.workers", 11))
	fmt.Println(err)
	_, err = live.Manager().Update(context.Background(), rt.Set("pool.workers", 11), rt.Force()) // without validators
	fmt.Println(err)
	// Output:
	// configuration refused, revision 1 stays in force: (api): pool.workers: more than ten workers per tenant
	// <nil>
}

// Watch observes changes by path, for tools that learn the paths at run time.
func ExampleValues() {
	live := open(text)
	defer live.Close()
	values := live.Manager().Values()
	quota, ok, err := values.Get("tenants.acme.quota")
	fmt.Println(quota, ok, err)

	changed := make(chan rt.ValueChange, 9)
	handle, err := values.Watch("**.quota", func(_ context.Context, c rt.ValueChange) error {
		changed <- c
		return nil
	})
	if err != nil {
		panic(err)
	}
	defer handle.Stop()
	live.Manager().Update(context.Background(), rt.Set("tenants.acme.quota", 6))
	fmt.Println(<-changed)
	// Output:
	// 5 true <nil>
	// tenants.acme.quota: 5 → 6
}

// printer is a subscriber that also observes refusals.
type printer struct{ lines chan string }

func (p *printer) OnChange(_ context.Context, c rt.ValueChange) error {
	p.lines <- c.String()
	return nil
}

func (p *printer) OnReloadError(_ context.Context, err error, _ rt.Changes) error {
	p.lines <- "refused"
	return nil
}

// A subscriber may have more methods than OnChange, such as that of an ErrorSubscriber.
func ExampleSubscriber() {
	live := open(text)
	defer live.Close()
	p := &printer{make(chan string, 9)}
	if _, err := live.Manager().Values().Subscribe("pool.*", p, rt.PriorityHigh); err != nil {
		panic(err)
	}
	live.Manager().Update(context.Background(), rt.Set("pool.workers", 4))
	fmt.Println(<-p.lines)
	live.Manager().Update(context.Background(), rt.Set("pool.workers", 0))
	fmt.Println(<-p.lines)
	// Output:
	// pool.workers: 2 → 4
	// refused
}

// With a store, revisions survive the process.
func ExampleRevisions() {
	dir, remove := folder(nil)
	defer remove()
	live := open(text, history.Store(filepath.Join(dir, "store")))
	defer live.Close()
	ctx := rt.ContextWithMetadata(context.Background(), map[string]string{"actor": "ada", "why": "black friday"})
	live.Manager().Update(ctx, rt.Set("pool.workers", 16))
	revisions := live.Manager().Revisions()
	for _, r := range revisions.List(10, 0) {
		fmt.Printf("%d %s %q\n", r.ID, r.Cause, r.Metadata["actor"])
	}
	changes, err := revisions.Diff(1, 2)
	fmt.Println(changes, err)
	// Output:
	// 2 api_update "ada"
	// 1 file_change ""
	// pool.workers: 2 → 16 <nil>
}

// RevisionFrom identifies the revision inside a hook.
func ExampleRevisionFrom() {
	live := open(text)
	defer live.Close()
	live.Pool().OnChange(func(ctx context.Context, c rt.Change[config.Pool]) error {
		r, _ := rt.RevisionFrom(ctx)
		fmt.Println(r.ID, r.Cause, c.New.Workers)
		return nil
	}, rt.PriorityHigh)
	live.Manager().Update(context.Background(), rt.Set("pool.workers", 3))
	// Output: 2 api_update 3
}

// A batched strategy collects the edits of a deployment into one reload.
func ExampleWithStrategy() {
	live := open(text, rt.WithStrategy(rt.Batched(10*time.Second, 50)))
	defer live.Close()
	fmt.Println(live.Manager().Status().Strategy)
	// Output: batched (10s, at most 50 files)
}

func ExampleOptional() {
	var timeout rt.Optional[time.Duration]
	fmt.Println(timeout.IsSet(), timeout.Or(time.Second))
	timeout = rt.Some(5 * time.Second)
	if d, ok := timeout.Get(); ok {
		fmt.Println(d)
	}
	// Output:
	// false 1s
	// 5s
}

// A secret is hidden wherever it is printed.
func ExampleSecret() {
	password := rt.NewSecret("hunter2")
	text, _ := json.Marshal(map[string]any{"password": password})
	fmt.Println(password, string(text))
	fmt.Println(len(password.Reveal()))
	// Output:
	// [secret] {"password":"[secret]"}
	// 7
}

func ExampleParseByteSize() {
	size, err := rt.ParseByteSize("1.5 GiB")
	fmt.Println(int64(size), size, err)
	// Output: 1610612736 1536MiB <nil>
}
