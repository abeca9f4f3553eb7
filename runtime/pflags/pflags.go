// Package pflags reads values from flags of github.com/spf13/pflag, the flags of cobra.
package pflags

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/text"
	"github.com/hotbind/hotbind/runtime/source"
)

// Source returns a source that reads the flags of a parsed set that were given on the
// command line, without the defaults of the others.
//
// The name of a flag is the path of its field; dots, dashes and underscores are the same:
// --database.pool-size and --database-pool-size set database.pool_size. A flag that
// matches no field belongs to the program and is ignored. A flag that matches two fields
// is refused. The text is read as that of a variable, see rt.Env; several values are a
// list.
func Source(set *pflag.FlagSet) source.Source { return flags{set} }

type flags struct{ set *pflag.FlagSet }

func (s flags) Name() string { return "flags" }

// Read returns the flags that were given, sorted by name.
func (s flags) Read(context.Context) ([]byte, error) {
	given := []text.Flag{}
	s.set.Visit(func(f *pflag.Flag) { given = append(given, text.Flag{Name: f.Name, Text: flagText(f)}) })
	slices.SortFunc(given, func(a, b text.Flag) int { return strings.Compare(a.Name, b.Name) })
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
	var given []text.Flag
	if err := json.Unmarshal(content, &given); err != nil {
		return nil, document.Findings{{Pos: document.Position{File: s.Name()}, Message: err.Error()}}
	}
	return text.Flags(given, shape, limits)
}
