package emit

import (
	"strings"
	"unicode"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/shape"
)

// tags are the struct tags of a field, for readers and for tools that find keys by
// reflection; the methods of the struct do without them. A key that a tag cannot
// hold has none. The option omitzero stands where an absent value is not written.
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

// tagName is a key as a tag names it: a lone - would leave the field out.
func tagName(key string) string {
	if key == "-" {
		return "-,"
	}
	return key
}

// isJSONTag reports whether encoding/json takes key from a tag.
func isJSONTag(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r)
	})
}

// zeroIsAbsent reports whether the zero value of t is one that is not written.
func zeroIsAbsent(t shape.Type) bool {
	_, untyped := shape.Under(t).(*shape.Any)
	return untyped || shape.IsAbsentable(t)
}
