package runtime

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// Env is a source that reads environment variables.
//
// The variable of a field is the prefix and the keys on the way to it, in
// capitals and joined by underscores, every character that a variable cannot
// have written as an underscore too: with the prefix SHOP, database.pool-size is
// SHOP_DATABASE_POOL_SIZE. A field whose schema names a variable with x-env is
// read from that one instead. Only fields that the schema declares can be set;
// an unknown variable that begins with the prefix is a warning.
//
// The text becomes what the schema asks for at that place. A list or an object
// is written as JSON; where several kinds are allowed, text that is JSON is
// read as such and any other is a string. A variable that is set to nothing
// sets a string to "" and is refused for everything else. What is inside a oneOf
// or a list is set with the whole. Findings name the variable and never repeat
// its value, because variables are where secrets live.
func Env(prefix string) Source { return envSource{prefix} }

type envSource struct{ prefix string }

func (s envSource) Name() string { return "environment" }

// Read returns the whole environment: which variables matter only the schema
// tells. Its order is settled, so that the same environment is the same content.
func (s envSource) Read(context.Context) ([]byte, error) {
	env := os.Environ()
	slices.Sort(env)
	return []byte(strings.Join(env, "\x00")), nil
}

func (s envSource) Document(content []byte, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	vars := map[string]variable{}
	for _, entry := range strings.Split(string(content), "\x00") {
		if name, text, ok := strings.Cut(entry, "="); ok {
			vars[name] = variable{text, document.Position{File: "$" + name}}
		}
	}
	return variables(vars, s.prefix, shape, limits)
}

// variables is the document that variables make.
func variables(vars map[string]variable, prefix string, shape document.Shape, limits document.Limits) (*document.Node, document.Findings) {
	l := textLayer{
		texts: vars, limits: limits, joint: "_", name: envName, noun: "variable", hidden: true,
		own: func(p document.Property) string { return p.Env }, hint: "set x-env on one of the two",
	}
	root := l.document(envName(prefix), shape)
	l.unknown(envName(prefix))
	l.findings.Sort()
	return root, l.findings
}

// envName is key as it stands in the name of a variable.
func envName(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, key)
}
