package address_test

import (
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/internal/address"
	"github.com/hotbind/hotbind/runtime/validate"
)

const schema = `{
  "type": "object", "additionalProperties": false,
  "properties": {
    "database": {"type": "object", "additionalProperties": false, "properties": {
      "pool_size": {"type": "integer"}, "tls": {"$ref": "#/$defs/tls"}}},
    "tenants": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": false, "properties": {
      "quota": {"type": "integer"}}}},
    "rooms": {"type": "object", "additionalProperties": false, "patternProperties": {"^r": {"type": "object", "additionalProperties": false, "properties": {"beds": {"type": "integer"}}}}},
    "servers": {"type": "array", "items": {"type": "object", "additionalProperties": false, "properties": {"port": {"type": "integer"}}}},
    "zones": {"type": "array", "x-key": "name", "items": {"type": "object", "additionalProperties": false, "required": ["name"], "properties": {"name": {"type": "string"}, "ttl": {"type": "integer"}}}},
    "tree": {"$ref": "#/$defs/tree"},
    "anything": true
  },
  "$defs": {
    "tls": {"type": "object", "additionalProperties": false, "properties": {"cert": {"type": "string"}}},
    "tree": {"type": "object", "additionalProperties": false, "properties": {"leaf": {"type": "string"}, "below": {"$ref": "#/$defs/tree"}}}
  }
}`

// A pattern that can match is accepted. One that never can is an error with a suggestion.
// This holds through maps, lists, keys and recursive types.
func TestPattern(t *testing.T) {
	t.Parallel()
	compiled, findings := validate.Load("s.json", []byte(schema), nil)
	if compiled == nil {
		t.Fatal(findings)
	}
	for pattern, want := range map[string]string{
		"": "", "**": "", "*": "", "database.*": "", "database.**": "", "**.port": "", "**.cert": "",
		"tenants.*.quota": "", `tenants["a.b"].quota`: "", "tenants.acme": "", "rooms.*.beds": "",
		"servers[0].port": "", "servers[*].port": "", "servers.*.port": "", "zones.eu.ttl": "", "zones[1].ttl": "",
		"tree.below.below.leaf": "", "tree.**.leaf": "", "anything.goes[3].there": "",
		"database.pool_*": "", "d?tabase.*": "", "[ds]*": "", "{database,zones}.t*": "", "zones.e?.ttl": "", "tenants.a*.quota": "",
		"database.poll_*":      "database.poll_*: it matches nothing in the schema (allowed in database: pool_size, tls)",
		"servers.a*":           "servers.a*: it matches nothing in the schema",
		"databse.pool_size":    "databse.pool_size: the schema has no such path (did you mean database.pool_size?)",
		"database.poolsize":    "database.poolsize: the schema has no such path (did you mean database.pool_size?)",
		"*.poolsize":           "", // anything may have it
		"database.*.crt":       "database.*.crt: it matches nothing in the schema (did you mean database.*.cert?)",
		"tenants.*.qota":       "tenants.*.qota: it matches nothing in the schema (did you mean tenants.*.quota?)",
		"tree.**.laef":         "tree.**.laef: it matches nothing in the schema (did you mean tree.**.leaf?)",
		"database.pool_size.x": "database.pool_size.x: the schema has no such path",
		"servers.first":        "servers.first: the schema has no such path",
		"rooms.x":              "rooms.x: the schema has no such path",
		"database..x":          "invalid pattern \"database..x\"",
		"a***":                 "invalid pattern \"a***\"",
	} {
		_, err := address.Pattern(compiled.Shape(), pattern)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: got %v, want %s", pattern, err, want)
		}
	}
	if _, err := address.Path(compiled.Shape(), "database.pool"); err == nil || err.Error() != "database.pool: the schema has no such path (allowed in database: pool_size, tls)" {
		t.Errorf("got %v", err)
	}
	if _, err := address.Path(compiled.Shape(), "tls"); err == nil {
		t.Error("a definition is not a property")
	}
}
