package runtime_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/hotbind/hotbind/internal/testkit"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/document/toml"
	"github.com/hotbind/hotbind/runtime/pflags"
	"github.com/hotbind/hotbind/runtime/source"
	"github.com/hotbind/hotbind/runtime/validate"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// loaded loads sources, and returns the error without the path of dir.
func loaded(t testing.TB, dir string, sources ...source.Source) (*service.Config, string) {
	t.Helper()
	c, err := service.Load(t.Context(), rt.From(sources...))
	if err != nil {
		return nil, strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
	}
	return c, ""
}

// The files of a tree are layers: base, environment, agent, .env. The environment is set
// by an option, or by the first variable that has one.
func TestTree(t *testing.T) {
	testkit.NoEnvironment(t)
	dir := testkit.Folder(t, map[string]string{
		"base.yaml":              "name: base\nleft: 1\nright: 1\nworkers: 1\n",
		"environments/test.json": `{"left": 2, "right": 2, "workers": 2}`,
		"environments/prod.yml":  "left: 3",
		"agents/a-1.toml":        "right = 4",
		".env":                   "X_WORKERS=5\n",
	})
	for _, c := range []struct {
		opts []rt.TreeOption
		want string
	}{
		{nil, "1 1 1"},
		{[]rt.TreeOption{rt.Environment("test")}, "2 2 2"},
		{[]rt.TreeOption{rt.Environment("prod"), rt.Agent("a-1"), rt.WithFormat(toml.Format{})}, "3 4 1"},
		{[]rt.TreeOption{rt.Environment("test"), rt.Agent("a-2")}, "2 2 2"},
	} {
		cfg, err := loaded(t, dir, rt.Tree(dir, c.opts...))
		if err != "" {
			t.Error(err)
			continue
		}
		if got := fmt.Sprint(cfg.Left, cfg.Right, cfg.Workers); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	t.Setenv("GO_ENV", "prod")
	if cfg, _ := loaded(t, dir, rt.Tree(dir)); cfg.Left != 3 {
		t.Error("GO_ENV does not count")
	}
	t.Setenv("APP_ENV", "test")
	if cfg, _ := loaded(t, dir, rt.Tree(dir)); cfg.Left != 2 {
		t.Error("APP_ENV does not come before GO_ENV")
	}
	if cfg, _ := loaded(t, dir, rt.Tree(dir, rt.Environment(""))); cfg.Left != 1 {
		t.Error("an empty environment does not turn off the variables")
	}
}

// A file that is missing from a tree, or exists twice, is reported together with the
// existing ones.
func TestTreeIsWrong(t *testing.T) {
	testkit.NoEnvironment(t)
	dir := testkit.Folder(t, map[string]string{"base.yaml": "name: x", "base.json": "{}", "environments/test.yaml": "left: 1", "environments/eu.prod.yaml": ""})
	_, err := loaded(t, dir, rt.Tree(dir))
	if want := "base.yaml: both base.yaml and base.json exist: keep one"; err != want {
		t.Errorf("got %s, want %s", err, want)
	}
	must(t, os.Remove(filepath.Join(dir, "base.json")))
	t.Setenv("APP_ENV", "tset")
	_, err = loaded(t, dir, rt.Tree(dir))
	want := filepath.Join("environments", "tset.yaml") + ": file does not exist: no file for the environment tset (from $APP_ENV); there are: eu.prod, test"
	if err != want {
		t.Errorf("got %s, want %s", err, want)
	}
	must(t, os.Remove(filepath.Join(dir, "base.yaml")))
	if _, err = loaded(t, dir, rt.Tree(dir, rt.Environment(""))); err != "base.yaml: file does not exist" {
		t.Errorf("got %s", err)
	}
	if _, err := service.Load(t.Context(), rt.From(rt.Tree(dir))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got the error %v", err)
	}
}

// Names that come from the environment never lead outside the folder, and neither do
// links.
func TestF166_NamesStayInside(t *testing.T) {
	testkit.NoEnvironment(t)
	dir := testkit.Folder(t, map[string]string{"tree/base.yaml": "name: x", "tree/environments/a.yaml": "left: 1", "secret.yaml": "name: secret\n"})
	tree := filepath.Join(dir, "tree")
	for _, name := range []string{"../../secret", "/etc/passwd", "a/../a", "..", ".hidden", "a\x00b", `..\..\secret`, "a b", ""} {
		for _, opt := range []rt.TreeOption{rt.Environment(name), rt.Agent(name)} {
			cfg, err := loaded(t, dir, rt.Tree(tree, opt))
			if name == "" && err != "" {
				t.Error(err)
			}
			if name != "" && !strings.HasSuffix(err, ": want letters, digits, dots, - and _, beginning with a letter or digit") {
				t.Errorf("%q: got %v, %s", name, cfg, err)
			}
		}
	}
	t.Setenv("APP_ENV", "../../secret")
	if _, err := loaded(t, dir, rt.Tree(tree)); !strings.Contains(err, `invalid layer name "../../secret" (from $APP_ENV)`) {
		t.Errorf("got %s", err)
	}
	must(t, os.Symlink(filepath.Join(dir, "secret.yaml"), filepath.Join(tree, "environments", "out.yaml")))
	_, err := loaded(t, dir, rt.Tree(tree, rt.Environment("out")))
	if want := filepath.Join("tree", "environments", "out.yaml") + ": it is outside the folder that files may be included from"; err != want {
		t.Errorf("got %s, want %s", err, want)
	}
}

// A file may include others if an option allows it: they are weaker than it, in order,
// and may include others too.
func TestIncludes(t *testing.T) {
	dir := testkit.Folder(t, map[string]string{
		"config.yaml":       "$include: [parts/a.yaml, parts/b.toml]\nname: top\n",
		"parts/a.yaml":      "name: a\nleft: 1\nworkers: 1\n",
		"parts/b.toml":      "left = 2\n\"$include\" = \"more/c.json\"\n",
		"parts/more/c.json": `{"left": 3, "right": 3}`,
		"list.yaml":         "$include: parts/more/c.json\nname: x",
	})
	src := rt.File(filepath.Join(dir, "config.yaml"), rt.AllowIncludes(), rt.WithFormat(toml.Format{}))
	cfg, err := loaded(t, dir, src)
	if err != "" {
		t.Fatal(err)
	}
	if got := fmt.Sprint(cfg.Name, cfg.Left, cfg.Right, cfg.Workers); got != "top2 3 1" {
		t.Errorf("got %s", got)
	}
	if got := len(src.(source.Watchable).WatchPaths()); got != 4 {
		t.Errorf("%d files are followed, want 4", got)
	}
	_, err = loaded(t, dir, rt.File(filepath.Join(dir, "list.yaml")))
	if want := "list.yaml:1:1: $include: includes are not allowed (rt.AllowIncludes() allows them)"; err != want {
		t.Errorf("got %s, want %s", err, want)
	}
}

// An include that is circular, too deep, missing, or outside the folder is an error with
// the files that lead to it. It shows nothing of a file outside.
func TestF039_F167_BadIncludes(t *testing.T) {
	files := map[string]string{
		"cycle.yaml": "$include: b.yaml\nname: x", "b.yaml": "$include: c.yaml", "c.yaml": "$include: [b.yaml]",
		"missing.yaml": "name: x\n$include: gone.yaml", "kind.yaml": "$include: [1]\nname: x", "map.yaml": "$include: {a: 1}\nname: x",
		"out.yaml": "$include: ../x.yaml\nname: x", "abs.yaml": "$include: /proc/self/environ\nname: x",
		"link.yaml": "$include: linked.yaml\nname: x", "bad.yaml": "$include: broken.yaml\nname: x", "broken.yaml": "a: [",
		"deep.yaml": "$include: d1.yaml\nname: x",
	}
	for i := range 50 {
		files[fmt.Sprintf("d%d.yaml", i)] = fmt.Sprintf("$include: d%d.yaml", i+1)
	}
	dir := testkit.Folder(t, files)
	must(t, os.Symlink("/proc/self/environ", filepath.Join(dir, "linked.yaml")))
	for name, want := range map[string]string{
		"cycle.yaml":   "c.yaml:1:12: $include: the includes go round: cycle.yaml includes b.yaml includes c.yaml includes b.yaml",
		"missing.yaml": `missing.yaml:2:11: $include: "gone.yaml" cannot be included by missing.yaml: no such file or directory`,
		"kind.yaml":    "kind.yaml:1:12: $include: found a number, want the name of a file or a list of names",
		"map.yaml":     "map.yaml:1:11: $include: found an object, want the name of a file or a list of names",
		"out.yaml":     `out.yaml:1:11: $include: "../x.yaml" cannot be included by out.yaml: it is outside the folder that files may be included from`,
		"abs.yaml":     `abs.yaml:1:11: $include: "/proc/self/environ" cannot be included by abs.yaml: it is outside the folder that files may be included from`,
		"link.yaml":    `link.yaml:1:11: $include: "linked.yaml" cannot be included by link.yaml: it is outside the folder that files may be included from`,
		"bad.yaml":     "broken.yaml:1:5: ",
		"deep.yaml":    "d9.yaml:1:11: $include: more than 10 files include one another: deep.yaml includes d1.yaml includes ",
	} {
		_, err := loaded(t, dir, rt.File(filepath.Join(dir, name), rt.AllowIncludes()))
		if !strings.HasPrefix(err, want) || strings.Contains(err, "\n") || strings.Contains(err, "PATH=") {
			t.Errorf("%s: got %s, want %s", name, err, want)
		}
	}
}

// TestF039_Bounds: a few small files can include one another in so many ways that
// following each would never end, and many files can be too much together. Neither may
// block a start, and each file is read once.
func TestF039_Bounds(t *testing.T) {
	files := map[string]string{"f9.yaml": "name: x\nhosts: [a]\n", "many.yaml": "name: x\n$include: [" + strings.Repeat("f9.yaml, ", 201) + "]"}
	for i := range 9 {
		files[fmt.Sprintf("f%d.yaml", i)] = "$include: [" + strings.Repeat(fmt.Sprintf("f%d.yaml, ", i+1), 10) + "]\n"
	}
	files["late.yaml"] = "$include: [f5.yaml, l1.yaml]\n" // f5 is short from here, and too long from l6
	for i := 1; i <= 6; i++ {
		files[fmt.Sprintf("l%d.yaml", i)] = fmt.Sprintf("$include: l%d.yaml\n", i+1)
	}
	files["l6.yaml"] = "$include: f5.yaml"
	files["large.yaml"] = "name: x\n$include:\n- b1.yaml\n- b2.yaml\n- b1.yaml\n- b3.yaml\n- b4.yaml\n- b5.yaml\n"
	for i := 1; i <= 5; i++ {
		files[fmt.Sprintf("b%d.yaml", i)] = fmt.Sprintf("left: %d # %s", i, strings.Repeat("x", 1<<20-len("left: 1 # ")))
	}
	dir := testkit.Folder(t, files)
	for name, want := range map[string]string{
		"f0.yaml":    "",
		"many.yaml":  `many.yaml:2:1812: $include: "f9.yaml" cannot be included by many.yaml: more than 200 files are included`,
		"late.yaml":  "l6.yaml:1:11: $include: more than 10 files include one another: late.yaml includes l1.yaml includes ",
		"large.yaml": "large.yaml:8:3: $include: the included files have 5242880 bytes together; the limit is 4194304",
	} {
		_, err := loaded(t, dir, rt.File(filepath.Join(dir, name), rt.AllowIncludes()))
		if !strings.HasPrefix(err, want) || (err == "") != (want == "") || strings.Contains(err, "\n") {
			t.Errorf("%s: got %s, want %s", name, err, want)
		}
	}
}

// TestF039_Reading: reading included files is bounded before the limits are known, and
// what is left out is reported.
func TestF039_Reading(t *testing.T) {
	dir := testkit.Folder(t, map[string]string{"config.yaml": "name: x\n$include: [a.yaml, b.yaml]\n", "a.yaml": "left: 1\n", "b.yaml": ""})
	must(t, os.Truncate(filepath.Join(dir, "b.yaml"), 64<<20))
	src := rt.File(filepath.Join(dir, "config.yaml"), rt.AllowIncludes())
	content, err := src.Read(t.Context())
	if err != nil || len(content) > 1<<20 {
		t.Errorf("got %d bytes and %v", len(content), err)
	}
	_, text := loaded(t, dir, src)
	if want := `config.yaml:2:20: $include: "b.yaml" cannot be included by config.yaml: the included files have more than 67108864 bytes together`; text != want {
		t.Errorf("got %s, want %s", text, want)
	}
}

// TestF039_ListsThatAppend: lists that append double with each path to a file, so files
// within all other limits could fill the memory.
func TestF039_ListsThatAppend(t *testing.T) {
	files := map[string]string{}
	for level := range 9 {
		var names []string
		for i := range 4 {
			names = append(names, fmt.Sprintf("a%d%d.yaml", level+1, i))
		}
		for i := range 4 {
			files[fmt.Sprintf("a%d%d.yaml", level, i)] = "$include: [" + strings.Join(names, ", ") + "]\n"
		}
	}
	for i := range 4 {
		files[fmt.Sprintf("a9%d.yaml", i)] = "l: [" + strings.Repeat("1,", 1000) + "]\n"
	}
	dir := testkit.Folder(t, files)
	src := rt.File(filepath.Join(dir, "a00.yaml"), rt.AllowIncludes())
	content, err := src.Read(t.Context())
	must(t, err)
	_, findings := src.Document(content, appending{}, document.Limits{})
	if len(findings) != 1 || !strings.HasSuffix(findings.String(), "$include: the included files have more than 500000 values together") {
		t.Errorf("got %s", findings)
	}
}

// appending is a shape of lists that append, at any depth.
type appending struct{}

func (appending) Kind() document.Kind                  { return 0 }
func (appending) AllowsNull() bool                     { return false }
func (appending) Properties() []document.Property      { return nil }
func (appending) Member(string) (document.Shape, bool) { return appending{}, true }
func (appending) Undeclared() []document.Shape         { return []document.Shape{appending{}} }
func (appending) Item() document.Shape                 { return nil }
func (appending) Lists() document.ListRule             { return document.ListRule{Merge: document.AppendList} }
func (appending) Secret() bool                         { return false }

func (appending) Alternative(*document.Node) (*document.Node, document.Shape) { return nil, nil }

// A .env file sets the same fields as variables, and findings show its line number, never
// its text. A missing file sets nothing.
func TestDotenv(t *testing.T) {
	dir := testkit.Folder(t, map[string]string{
		".env": "# c\nexport S_LEFT=1\nS_RIGHT='2' # c\nS_DATABASE_POOL_SIZE: 3\nS_NAME=\"a\\nb=c\"\n",
		"bad":  "S_NAME=x\n\nS_LEFT=hunter2\nS_NOPE=1\nS_WORKERS=\n",
		"text": "S_NAME=x\nhunter2\n",
	})
	cfg, err := loaded(t, dir, rt.Dotenv(filepath.Join(dir, ".env"), "S"))
	if err != "" {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%d %d %d %q", cfg.Left, cfg.Right, cfg.Database.PoolSize, cfg.Name); got != `1 2 3 "a\nb=c"` {
		t.Errorf("got %s", got)
	}
	for name, want := range map[string]string{
		"bad":  "bad:3:1: left: the text is not a number\nbad:5:1: workers: the variable is empty, not a number",
		"text": "text:2:1: (document): invalid line, want NAME=value",
	} {
		_, err := loaded(t, dir, rt.Dotenv(filepath.Join(dir, name), "S"))
		if diff := cmp.Diff(want, err); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, err := loaded(t, dir, rt.Bytes("a.yaml", []byte("name: x")), rt.Dotenv(filepath.Join(dir, "none"), "S")); err != "" {
		t.Error(err)
	}
}

// Flags that were given set the fields of their names, whatever separates the words.
// Other flags, and defaults, set nothing.
func TestFlags(t *testing.T) {
	set := pflag.NewFlagSet("x", pflag.ContinueOnError)
	set.Int("left", 9, "")
	set.Int("right", 9, "")
	set.String("database.pool-size", "", "")
	set.StringSlice("hosts", nil, "")
	set.Bool("verbose", false, "")
	set.Duration("timeout", 0, "")
	set.String("config", "", "")
	must(t, set.Parse([]string{"--left=1", "--database.pool-size", "20", "--hosts=a,b", "--verbose", "--timeout=1m", "--config=x"}))
	cfg, err := loaded(t, "", rt.Bytes("a.yaml", []byte("name: x\nright: 2")), pflags.Source(set))
	if err != "" {
		t.Fatal(err)
	}
	if got := fmt.Sprint(cfg.Left, cfg.Right, cfg.Database.PoolSize, cfg.Hosts, cfg.Verbose.Or(false), cfg.Timeout); got != "1 2 20 [a b] true 1m0s" {
		t.Errorf("got %s", got)
	}
}

// The error for an invalid flag names the flag and the field, and does not repeat a
// secret.
func TestFlagsAreWrong(t *testing.T) {
	for _, c := range []struct{ flag, text, want string }{
		{"left", "one", `--left: left: "one" is not a number`},
		{"tls", "cert", `--tls: tls: "cert" is not a JSON object`},
		{"workers", "1000", "--workers: workers: 1000 is more than the maximum 100"},
		{"database-password", "x", "--database-password: database.password: is shorter than 4 characters"},
	} {
		set := pflag.NewFlagSet("x", pflag.ContinueOnError)
		set.String(c.flag, "", "")
		must(t, set.Parse([]string{"--" + c.flag + "=" + c.text}))
		_, err := loaded(t, "", rt.Bytes("a.yaml", []byte("name: x")), pflags.Source(set))
		if !strings.HasPrefix(err, c.want) {
			t.Errorf("got %s, want %s", err, c.want)
		}
	}
}

// F040: the error for an invalid variable names the variable and the field, never the
// value.
func TestF040_Environment(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"E_LEFT", "hunter2", "$E_LEFT: left: the text is not a number"},
		{"E_LEFT", "", "$E_LEFT: left: the variable is empty, not a number"},
		{"E_HOSTS", strings.Repeat("hunter2", 150_000), "$E_HOSTS: hosts: the text is not a JSON list"},
		{"E_WORKERS", "31337", "$E_WORKERS: workers: the value is more than the maximum 100"},
		{"E_LOG_LEVEL", "hunter2", "$E_LOG_LEVEL: log_level: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(c.name, c.text)
			_, err := loaded(t, "", rt.Bytes("a.yaml", []byte("name: x")), rt.Env("E"))
			if !strings.HasPrefix(err, c.want) || strings.Contains(err, "hunter2") || strings.Contains(err, "31337") || len(err) > 8<<10 {
				t.Errorf("got %.500s, want %s", err, c.want)
			}
		})
	}
}

// A variable that sets nothing causes a warning with a solution: the field has another
// name, can only be set as part of a whole, or the name is misspelled.
func TestVariablesThatSetNothing(t *testing.T) {
	t.Parallel()
	schema, findings := validate.Load("s.yaml", []byte(`
type: object
additionalProperties: false
properties:
  server: {type: object, properties: {port: {type: integer}, mode: {type: string}}}
  database: {type: object, properties: {password: {type: string, x-env: DB_PASSWORD}}}
  tenants: {type: object, additionalProperties: {type: object, properties: {quota: {type: integer}}}}
  hosts: {type: array, x-env: THE_HOSTS, items: {type: string}}
  storage:
    oneOf:
      - {type: object, required: [kind], properties: {kind: {const: s3}, region: {type: string}}}
      - {type: object, required: [kind], properties: {kind: {const: disk}, dir: {type: string}}}`), nil)
	if schema == nil {
		t.Fatal(findings)
	}
	const none, whole = "the variable matches no field of the schema", "the variable is not used: a value inside %s cannot be set by itself (set %s, as JSON)"
	for name, want := range map[string]string{
		"MY_SHOP_STORAGE_REGION":     fmt.Sprintf(whole, "storage", "MY_SHOP_STORAGE"),
		"MY_SHOP_TENANTS_ACME_QUOTA": fmt.Sprintf(whole, "tenants", "MY_SHOP_TENANTS"),
		"MY_SHOP_HOSTS_0":            fmt.Sprintf(whole, "hosts", "THE_HOSTS"),
		"MY_SHOP_DATABASE_PASSWORD":  "the variable is not used: database.password is set by DB_PASSWORD",
		"MY_SHOP_DATABASE_PASWORD":   none + " (did you mean DB_PASSWORD?)",
		"MY_SHOP_SERVER_PROT":        none + " (did you mean MY_SHOP_SERVER_PORT?)",
		"MY_SHOP_SEVER_PORT":         none + " (did you mean MY_SHOP_SERVER_PORT?)",
		"MY_SHOP_SERVER_MODE_X_Y":    none,
		"MY_SHOP__NOTHING":           none,
	} {
		doc, got := rt.Env("MY_SHOP").Document([]byte(name+"=hunter2"), schema.Shape(), document.Limits{})
		if doc != nil || got.String() != "$"+name+": warning: "+want {
			t.Errorf("%s: got %v, %s", name, doc, got)
		}
	}
}

// F041: if a layer removes a required value, or replaces an object by a scalar, the
// finding points into that layer. Null removes a value, and its default applies again.
func TestF041_LayersBreakOneAnother(t *testing.T) {
	base := rt.Bytes("base.yaml", []byte("name: x\nworkers: 7\ndatabase:\n  url: a\n  pool_size: 7\n"))
	for _, c := range []struct{ text, want string }{
		{"name: null\n", "top.yaml:1:7: name: is required but missing (null removes the value of weaker layers)"},
		{"database: 5\n", "top.yaml:1:11: database: found "},
		{"database:\n  pool_size: 500\n", "top.yaml:2:14: database.pool_size: 500 is more than the maximum 100"},
	} {
		_, err := loaded(t, "", base, rt.Bytes("top.yaml", []byte(c.text)))
		if !strings.HasPrefix(err, c.want) {
			t.Errorf("got %s, want %s", err, c.want)
		}
	}
	cfg, err := loaded(t, "", base, rt.Bytes("top.yaml", []byte("workers: null\ndatabase:\n  pool_size: null\n")))
	if err != "" || cfg.Workers != 4 || cfg.Database.PoolSize != 10 || cfg.Database.URL != "a" {
		t.Errorf("got %+v, %s", cfg, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Bytes have no folder to include files from: the option is refused.
func TestBytesDoNotInclude(t *testing.T) {
	_, err := loaded(t, "", rt.Bytes("a.yaml", []byte("name: x"), rt.AllowIncludes()))
	if want := "a.yaml: rt.AllowIncludes needs a file or a tree"; err != want {
		t.Errorf("got %s, want %s", err, want)
	}
}
