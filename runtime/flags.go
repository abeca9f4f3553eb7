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
	texts := map[string]variable{}
	for _, f := range given {
		pos := document.Position{File: "--" + f.Name}
		if other, taken := texts[folded(f.Name)]; taken {
			return nil, document.Findings{{Pos: pos, Message: "it means the same as " + other.pos.File + "; give one of them"}}
		}
		texts[folded(f.Name)] = variable{f.Text, pos}
	}
	l := textLayer{texts: texts, limits: limits, joint: "-", name: folded, noun: "flag", hint: "call one of the two fields otherwise"}
	root := l.document("", shape)
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
