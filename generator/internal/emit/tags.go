package emit

import (
	"strings"
	"unicode"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/shape"
)

// tags returns the struct tags of a field, for readers and for tools that use
// reflection; the generated methods do not need them. A key that a tag cannot hold has
// none. omitzero is set if an absent value is not written.
func tags(f *ir.Field) map[string]string {
	if f.Entries {
		return map[string]string{"json": "-", "yaml": "-"}
	}
	list := map[string]string{}
	if isJSONTag(f.Key) {
		list["json"] = tagName(f.Key)
		if !f.Required && zeroIsAbsent(f.Type) {
			list["json"] = f.Key + ",omitzero"
		}
	}
	if f.Key != "" && !strings.Contains(f.Key, ",") {
		list["yaml"] = tagName(f.Key)
	}
	return list
}

// tagName returns a key as a tag holds it: a lone - would exclude the field.
func tagName(key string) string {
	if key == "-" {
		return "-,"
	}
	return key
}

// isJSONTag reports whether encoding/json accepts key in a tag.
func isJSONTag(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r)
	})
}

// zeroIsAbsent reports whether the zero value of t is not written.
func zeroIsAbsent(t shape.Type) bool {
	_, untyped := shape.Under(t).(*shape.Any)
	return untyped || shape.IsAbsentable(t)
}
