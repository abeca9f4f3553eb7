package runtime

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/text"
	"github.com/hotbind/hotbind/runtime/source"
)

// Env returns a source that reads environment variables.
//
// The variable of a field is the prefix and the keys of its path, in upper case and
// joined by underscores; other characters become underscores, too. With the prefix SHOP,
// database.pool-size is SHOP_DATABASE_POOL_SIZE. The keyword x-env of the schema sets
// another name. Only declared fields can be set; an unknown variable with the prefix is a
// warning.
//
// The schema determines how the text is read. A list or an object is JSON. If several
// types are allowed, JSON is read as JSON and other text as a string. An empty variable
// sets a string to "" and is refused for every other type. A oneOf or a list can only be
// set as a whole. Findings name the variable and never contain its value, which may be a
// secret.
func Env(prefix string) source.Source { return envSource{prefix} }

type envSource struct{ prefix string }

func (s envSource) Name() string { return "environment" }

// Read returns the whole environment, because only the schema determines which variables
// matter, sorted so that equal environments are equal content.
func (s envSource) Read(context.Context) ([]byte, error) {
	env := os.Environ()
	slices.Sort(env)
	return []byte(strings.Join(env, "\x00")), nil
}

func (s envSource) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	vars := map[string]text.Value{}
	for _, entry := range strings.Split(string(content), "\x00") {
		if name, value, ok := strings.Cut(entry, "="); ok {
			vars[name] = text.Value{Text: value, Pos: document.Position{File: "$" + name}}
		}
	}
	return text.Variables(vars, s.prefix, shape, limits)
}
