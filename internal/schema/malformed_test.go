package schema

import (
	"fmt"
	"strings"
	"testing"
)

// drafted returns the text of a schema of the draft with the members.
func drafted(d Draft, members string) string {
	return fmt.Sprintf(`{"$schema": %q, %s}`, d.Address(), members)
}

// TestF214_Malformed: a finding about a keyword has the mistake at its position, the
// allowed values, and what to do.
func TestF214_Malformed(t *testing.T) {
	const newest, oldest = Newest, Draft4
	for _, c := range []struct {
		draft         Draft
		members, want string
	}{
		{Draft7, `"items": []`, `#/items: the list of schemas is empty`},
		{newest, `"items": [{}]`, `#/items: found a list, want a schema: an object, true or false (write prefixItems)`},
		{newest, `"properties": {"a": {"required": true}}`, `#/properties/a/required: found true, want a list of names (list the name under required of the object that has the property)`},
		{newest, `"type": "strin"`, `#/type: "strin" is not one of array, boolean, integer, null, number, object, string (did you mean string?)`},
		{newest, `"type": "any"`, `#/type: "any" is not one of array, boolean, integer, null, number, object, string (leave type out to allow every type)`},
		{newest, `"type": 3`, `#/type: found a number, want a type or a list of types: array, boolean, integer, null, number, object or string`},
		{newest, `"type": []`, `#/type: the list of types is empty (leave type out to allow every type)`},
		{newest, `"type": ["string", 1]`, `#/type/1: found a number, want a type: array, boolean, integer, null, number, object or string`},
		{newest, `"type": ["string", "string"]`, `#/type/1: "string" is listed twice (remove one of them)`},
		{newest, `"required": ["a", "b", "a"]`, `#/required/2: "a" is listed twice (remove one of them)`},
		{newest, `"required": "a"`, `#/required: found a string, want a list of names`},
		{oldest, `"required": []`, `#/required: the list of names is empty (leave it out)`},
		{newest, `"required": []`, ``},
		{newest, `"dependentRequired": {"a": ["b", "b"]}`, `#/dependentRequired/a/1: "b" is listed twice (remove one of them)`},
		{Draft7, `"dependencies": {"a": ["b", 1]}`, `#/dependencies/a/1: found a number, want a string`},
		{oldest, `"dependencies": {"a": []}`, `#/dependencies/a: the list of names is empty (leave it out)`},
		{newest, `"enum": "a"`, `#/enum: found a string, want a list`},
		{oldest, `"enum": []`, `#/enum: the list of values is empty`},
		{oldest, `"enum": [1, {}, 1.0]`, `#/enum/2: a number is listed twice (remove one of them)`},
		{newest, `"enum": [1, 1]`, ``},
		{newest, `"minLength": -1`, `#/minLength: -1 is out of range, want a whole number from 0 to 2147483647`},
		{newest, `"minLength": "1"`, `#/minLength: found a string, want a whole number from 0 to 2147483647`},
		{newest, `"multipleOf": 0`, `#/multipleOf: 0 is out of range, want a number from 1e-308 to 1e308`},
		{newest, `"multipleOf": -2`, `#/multipleOf: -2 is out of range, want a number from 1e-308 to 1e308`},
		{newest, `"minimum": "1"`, `#/minimum: found a string, want a number`},
		{newest, `"minimum": 1, "exclusiveMinimum": true`, `#/exclusiveMinimum: found true, want a number (draft 4 allows it; name the draft in $schema)`},
		{oldest, `"exclusiveMinimum": 1`, `#/exclusiveMinimum: found a number, want true or false (draft 2020-12 allows it; name the draft in $schema)`},
		{oldest, `"exclusiveMaximum": true`, `#/exclusiveMaximum: has no effect without maximum (write the bound under maximum)`},
		{newest, `"$defs": {"a": {"$id": "#item"}}`, `#/$defs/a/$id: "#item" has a fragment, which a schema identifier may not have (write $anchor)`},
		{Draft2019, `"$id": "https://example.com/s#item"`, `#/$id: "https://example.com/s#item" has a fragment`},
		{newest, `"$anchor": "1st"`, `#/$anchor: "1st" is not a valid anchor, want letters, digits, -, . and _, a letter or _ first`},
		{Draft2019, `"$anchor": "_a"`, `#/$anchor: "_a" is not a valid anchor, want letters, digits, -, ., : and _, a letter first`},
		{newest, `"pattern": "a("`, `#/pattern: invalid pattern a(: `},
		{newest, `"patternProperties": {"a(": {}}`, `#/patternProperties/a(: invalid pattern a(: `},
		{newest, `"uniqueItems": "true"`, `#/uniqueItems: found a string, want true or false`},
		{newest, `"allOf": []`, `#/allOf: the list of schemas is empty`},
		{newest, `"allOf": {}`, `#/allOf: found an object, want a list of schemas`},
		{newest, `"properties": []`, `#/properties: found a list, want an object of schemas`},
		{newest, `"properties": {"a": 1}`, `#/properties/a: found a number, want a schema: an object, true or false`},
		{newest, `"not": null`, `#/not: found null, want a schema: an object, true or false`},
		{newest, `"contentSchema": {"type": 1}`, `#/contentSchema/type: found a number, want a type or a list of types`},
		{newest, `"x-secret": "yes"`, `#/x-secret: found a string, want true or false`},
		{newest, `"x-merge": "keys"`, `#/x-merge: "keys" is not one of replace, append, key (did you mean key?)`},
	} {
		doc, reported := read(t, drafted(c.draft, c.members), nil)
		if c.want == "" && reported != "" || !strings.Contains(reported, c.want) || strings.Count(reported, "\n") > 0 {
			t.Errorf("draft %s: %s: got %s, want %s", c.draft, c.members, reported, c.want)
		}
		if doc == nil {
			t.Errorf("draft %s: %s: nothing was read", c.draft, c.members)
		}
	}
}
