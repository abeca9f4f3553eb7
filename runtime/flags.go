package runtime

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/hotbind/hotbind/runtime/document"
)

// Flags is a source that reads the flags of a parsed set which were given on the
// command line; others, and the defaults of flags, say nothing.
//
// A flag sets the field whose path it is called by; dots, dashes and underscores
// are the same: --database.pool-size and --database-pool-size are
// database.pool_size. Flags that name no field are for the program itself. A flag
// that could mean two fields is refused. Its text becomes what the schema asks for,
// as that of a variable does (see [Env]); flags with several values are a list.
func Flags(set *pflag.FlagSet) Source { return flags{set} }

type flags struct{ set *pflag.FlagSet }

func (s flags) Name() string { return "flags" }

// A flag is one that was given.
type flag struct {
	Name string
	Text string
}

// Read returns the flags that were given, sorted by name.
func (s flags) Read(context.Context) ([]byte, error) {
	given := []flag{}
	s.set.Visit(func(f *pflag.Flag) { given = append(given, flag{f.Name, flagText(f)}) })
	slices.SortFunc(given, func(a, b flag) int { return strings.Compare(a.Name, b.Name) })
	return json.Marshal(given)
}

func flagText(f *pflag.Flag) string {
	if list, ok := f.Value.(pflag.SliceValue); ok {
		items := make([]string, 0, len(list.GetSlice()))
		for _, item := range list.GetSlice() {
			if !json.Valid([]byte(item)) || f.Value.Type() == "stringSlice" || f.Value.Type() == "stringArray" {
				quoted, _ := json.Marshal(item)
				item = string(quoted)
			}
			items = append(items, item)
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	return f.Value.String()
}

func (s flags) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	var given []flag
	if err := json.Unmarshal(content, &given); err != nil {
		return nil, document.Findings{{Pos: document.Position{File: s.Name()}, Message: err.Error()}}
	}
	l := &flagLayer{given: map[string]flag{}, limits: limits, used: map[string]string{}}
	for _, f := range given {
		l.given[folded(f.Name)] = f
	}
	root := l.object("", "", shape)
	l.findings.Sort()
	return root, l.findings
}

// folded is a name in which dots, dashes and underscores are the same.
func folded(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '.' || r == '_' {
			return '-'
		}
		return r
	}, name))
}

type flagLayer struct {
	given    map[string]flag
	limits   document.Limits
	used     map[string]string // flag → path of the field it sets
	findings document.Findings
}

// object collects the flags of the fields below one place; nil is none.
func (l *flagLayer) object(prefix, path string, shape document.Shape) *document.Node {
	if shape == nil || !l.leadsOn(prefix) {
		return nil
	}
	made := &document.Node{Kind: document.Object, Pos: document.Position{File: "flags"}}
	for _, p := range shape.Properties() {
		name, at := folded(p.Key), document.KeyPath(path, p.Key)
		if prefix != "" {
			name = prefix + "-" + name
		}
		value := l.value(name, at, p.Shape)
		if inner := l.object(name, at, p.Shape); inner != nil {
			value = document.Merge(value, inner, p.Shape)
		}
		if value != nil {
			made.Members = append(made.Members, document.Member{Key: p.Key, Pos: value.Pos, Value: value})
		}
	}
	if len(made.Members) == 0 {
		return nil
	}
	return made
}

// leadsOn reports whether a flag names something below prefix, which bounds the way
// into types that contain themselves.
func (l *flagLayer) leadsOn(prefix string) bool {
	for name := range l.given {
		if prefix == "" || strings.HasPrefix(name, prefix+"-") {
			return true
		}
	}
	return false
}

func (l *flagLayer) value(name, path string, shape document.Shape) *document.Node {
	f, ok := l.given[name]
	if !ok {
		return nil
	}
	pos := document.Position{File: "--" + f.Name}
	if other, taken := l.used[name]; taken {
		l.find(pos, path, "the flag also names "+other, "give one of the two fields another name")
		return nil
	}
	l.used[name] = path
	node, fault := textValue(f.Text, shape, l.limits)
	if fault != "" {
		found := "the text"
		if shape != nil && !shape.Secret() {
			found = document.Quote(f.Text)
		}
		l.find(pos, path, found+" "+fault, "")
		return nil
	}
	document.Place(node, pos)
	return node
}

func (l *flagLayer) find(pos document.Position, path, message, hint string) {
	l.findings = append(l.findings, document.Finding{Pos: pos, Path: path, Message: message, Hint: hint})
}
