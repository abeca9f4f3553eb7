package schema

import "strings"

// A Draft is a version of JSON Schema.
type Draft int

// The supported drafts, oldest first.
const (
	Draft4 Draft = iota + 1
	Draft6
	Draft7
	Draft2019
	Draft2020

	// Newest is the draft of a schema without $schema, unless only an older one allows
	// its keywords.
	Newest = Draft2020
)

// drafts holds the official address and the common name of each draft.
var drafts = [...]struct{ address, name string }{
	Draft4:    {"http://json-schema.org/draft-04/schema", "4"},
	Draft6:    {"http://json-schema.org/draft-06/schema", "6"},
	Draft7:    {"http://json-schema.org/draft-07/schema", "7"},
	Draft2019: {"https://json-schema.org/draft/2019-09/schema", "2019-09"},
	Draft2020: {"https://json-schema.org/draft/2020-12/schema", "2020-12"},
}

// newestAddress means the newest draft, whichever that is.
const newestAddress = "http://json-schema.org/schema"

// Address returns the official address of the draft's meta-schema, without #.
func (d Draft) Address() string { return drafts[d].address }

// String returns the name of the draft: 7, or 2020-12.
func (d Draft) String() string { return drafts[d].name }

// draftAt returns the draft whose meta-schema has the address, with http or https and
// with or without an empty fragment. It returns 0 if there is none.
func draftAt(address string) Draft {
	plain := func(address string) string {
		return strings.Replace(strings.TrimSuffix(address, "#"), "https://", "http://", 1)
	}
	if plain(address) == newestAddress {
		return Newest
	}
	for d := Draft4; d <= Newest; d++ {
		if plain(address) == plain(d.Address()) {
			return d
		}
	}
	return 0
}
