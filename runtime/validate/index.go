package validate

import (
	"github.com/hotbind/hotbind/internal/schema"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/internal/pattern"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// The keywords under which schemas stand: one schema, a list of them, or an
// object of them. Those in place are about the same value as the schema they
// stand in.
var (
	oneSchema = []string{"additionalProperties", "propertyNames", "items", "additionalItems", "contains", "not", "if", "then", "else",
		"unevaluatedProperties", "unevaluatedItems", "contentSchema"}
	listOfSchemas   = []string{"allOf", "anyOf", "oneOf", "prefixItems", "items"}
	objectOfSchemas = []string{"properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"}

	oneInPlace    = []string{"not", "if", "then", "else"}
	listInPlace   = []string{"allOf", "anyOf", "oneOf"}
	objectInPlace = []string{"dependentSchemas", "dependencies"}

	// Without definitions, which are about no value until something refers to them.
	objectOfValues = []string{"properties", "patternProperties", "dependentSchemas", "dependencies"}

	// Schemas of values whose keys no schema names.
	oneNameless    = []string{"additionalProperties", "items", "additionalItems", "contains", "unevaluatedProperties", "unevaluatedItems"}
	listNameless   = []string{"prefixItems", "items"}
	objectNameless = []string{"patternProperties"}
)

// children are the schemas directly under those keywords of s.
func children(s *document.Node, one, list, object []string) []*document.Node {
	var found []*document.Node
	for i := range s.Members {
		m := &s.Members[i]
		switch m.Value.Kind {
		case document.Object:
			if slices.Contains(one, m.Key) {
				found = append(found, m.Value)
			}
			if slices.Contains(object, m.Key) {
				for _, c := range m.Value.Members {
					found = append(found, c.Value)
				}
			}
		case document.List:
			if slices.Contains(list, m.Key) {
				found = append(found, m.Value.Items...)
			}
		case document.Bool:
			if slices.Contains(one, m.Key) {
				found = append(found, m.Value)
			}
		}
	}
	return found
}

// An index knows all schemas of a schema file and of those it refers to, and
// where their references lead. It does not change once it is made.
type index struct {
	folder    *Folder
	resources []*resource
	byAddress map[string]*resource
	own       map[ownAddress]*resource
	files     map[*File]*resource
	homes     map[*document.Node]home // of all schemas
	order     []*document.Node        // all schemas that are objects, outer ones first
	refs      []reference
	targets   map[*document.Node]targets
	patterns  map[string]*pattern.Pattern
	sizes     map[*document.Node]size
	holding   map[*document.Node]bool // schemas of values that are secrets, or hold one at any depth
	findings  document.Findings
}

// An ownAddress is an address as a file means it that has a resource with the address.
type ownAddress struct {
	file    *File
	address string
}

// A resource is a file, or a part of one with an address of its own.
type resource struct {
	url       string // by which the compiler knows it
	base      string // its address
	file      *File
	dialect   *Dialect
	root      *document.Node
	anchors   map[string]*document.Node
	dynamic   map[string]*document.Node // those that are $dynamicAnchor
	recursive bool
}

// old reports a draft in which $ref stands alone.
func (r *resource) old() bool { return r.dialect.Draft <= schema.Draft7 }

// id is the keyword for the address of a schema.
func (r *resource) id() string {
	if r.dialect.Draft == schema.Draft4 {
		return "id"
	}
	return "$id"
}

// A home is where a schema stands.
type home struct {
	in    *resource
	local string // its pointer in the resource, as the compiler writes it
	where string // its pointer in the file, for messages
}

// targets are where the references of a schema lead: those that are certain,
// and those of which one is chosen when a document is checked.
type targets struct {
	sure, perhaps []*document.Node
	ref, dynamic  string // what the compiler is to read in their place
}

// old reports whether what stands beside $ref in s says nothing.
func (x *index) old(s *document.Node) bool { return x.homes[s].in.old() }

// newIndex reads the schema in the file at the root of the folder, and all that
// it refers to.
func newIndex(folder *Folder) *index {
	x := &index{
		folder: folder, byAddress: map[string]*resource{}, own: map[ownAddress]*resource{}, files: map[*File]*resource{}, homes: map[*document.Node]home{},
		targets: map[*document.Node]targets{}, patterns: map[string]*pattern.Pattern{}, sizes: map[*document.Node]size{},
	}
	x.file(folder.Root(), nil)
	x.resolve()
	x.dropRounds()
	x.findHolding()
	x.findings.Sort()
	return x
}

// list finds the schema s and all in it, with what references can lead to and
// the patterns of properties.
func (x *index) list(s *document.Node, at home) {
	if _, known := x.homes[s]; known {
		return
	}
	if s.Kind == document.Object {
		at = x.identify(s, at)
	}
	x.homes[s] = at
	if s.Kind != document.Object {
		return
	}
	s.Members = slices.DeleteFunc(s.Members, func(m document.Member) bool { return at.in.dialect.Lacks(m.Key) })
	x.order = append(x.order, s)
	x.collect(s, at.in)
	for i := range s.Members {
		m := &s.Members[i]
		below := at.below(m.Key)
		below.local = at.local + "/" + url.PathEscape(escape(compiled(s, m)))
		if (m.Value.Kind == document.Object || m.Value.Kind == document.Bool) && slices.Contains(oneSchema, m.Key) {
			x.list(m.Value, below)
		}
		if m.Value.Kind == document.List && slices.Contains(listOfSchemas, m.Key) {
			for j, item := range m.Value.Items {
				x.list(item, below.below(strconv.Itoa(j)))
			}
		}
		if m.Value.Kind == document.Object && slices.Contains(objectOfSchemas, m.Key) {
			for j := range m.Value.Members {
				c := &m.Value.Members[j]
				x.list(c.Value, below.below(c.Key))
				if m.Key == "patternProperties" {
					x.pattern(c.Key, c.Pos, below.below(c.Key).where)
				}
			}
		}
	}
	if p := s.Get("pattern"); p != nil && p.Kind == document.String {
		x.pattern(p.Text, p.Pos, at.where+"/pattern")
	}
}

// below is the place of what key leads to.
func (h home) below(key string) home {
	key = escape(key)
	return home{h.in, h.local + "/" + url.PathEscape(key), h.where + "/" + key}
}

func (x *index) pattern(source string, pos document.Position, where string) {
	if x.patterns[source] != nil {
		return
	}
	p, err := pattern.Compile(source)
	if err != nil {
		x.findings = append(x.findings, document.Finding{Pos: pos, Path: where, Message: wording.Line("the pattern cannot be used: " + err.Error())})
		return
	}
	x.patterns[source] = p
}

// escapes are those of JSON pointers (RFC 6901).
var escapes = strings.NewReplacer("~", "~0", "/", "~1")

func escape(key string) string { return escapes.Replace(key) }

// inPlace are the schemas that are about the same value as s, except through
// references.
func inPlace(s *document.Node) []*document.Node {
	return children(s, oneInPlace, listInPlace, objectInPlace)
}

// isSecret reports whether the schema of a value says itself that it must not
// be shown.
func isSecret(s *document.Node) bool {
	for _, k := range []string{"writeOnly", "x-secret"} {
		if n := s.Get(k); n != nil && n.Kind == document.Bool && n.Text == "true" {
			return true
		}
	}
	n := s.Get("format")
	return n != nil && n.Kind == document.String && n.Text == "password"
}

// hides reports whether s, or a schema that is about the same value, says that
// it must not be shown.
func (x *index) hides(s *document.Node) bool {
	return x.anyInPlace(s, map[*document.Node]bool{}, isSecret)
}

// findHolding finds the schemas of values that are secrets, or hold one at any
// depth: from those that say so themselves it goes outwards, through each schema
// once, so that types which contain themselves have an end.
func (x *index) findHolding() {
	outer := map[*document.Node][]*document.Node{}
	var found []*document.Node
	for _, s := range x.order {
		if isSecret(s) {
			found = append(found, s)
		}
		t := x.targets[s]
		for _, list := range [][]*document.Node{t.sure, t.perhaps, children(s, oneSchema, listOfSchemas, objectOfValues)} {
			for _, c := range list {
				outer[c] = append(outer[c], s)
			}
		}
	}
	x.holding = map[*document.Node]bool{}
	for len(found) > 0 {
		s := found[len(found)-1]
		found = found[:len(found)-1]
		if !x.holding[s] {
			x.holding[s] = true
			found = append(found, outer[s]...)
		}
	}
}

// hidesNameless reports whether s hides values in it whose keys it does not
// name.
func (x *index) hidesNameless(s *document.Node) bool {
	return x.anyInPlace(s, map[*document.Node]bool{}, func(s *document.Node) bool {
		return slices.ContainsFunc(children(s, oneNameless, listNameless, objectNameless), x.hides)
	})
}

func (x *index) anyInPlace(s *document.Node, seen map[*document.Node]bool, is func(*document.Node) bool) bool {
	if seen[s] {
		return false
	}
	seen[s] = true
	if is(s) {
		return true
	}
	t := x.targets[s]
	for _, list := range [][]*document.Node{inPlace(s), t.sure, t.perhaps} {
		for _, c := range list {
			if x.anyInPlace(c, seen, is) {
				return true
			}
		}
	}
	return false
}

// secretKeys lists the keys whose lines may show a secret: those of properties
// that are secret, that hold secrets without a name, or that stand in a secret.
// The empty key is among them where the key of a secret cannot be known.
func (x *index) secretKeys() []string {
	var keys []string
	add := func(key string) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	inside := map[*document.Node]bool{}
	var within func(s *document.Node)
	within = func(s *document.Node) {
		if inside[s] {
			return
		}
		inside[s] = true
		if p := s.Get("properties"); p != nil {
			for _, m := range p.Members {
				add(m.Key)
				within(m.Value)
			}
		}
		for _, c := range children(s, oneNameless, listNameless, objectNameless) {
			if c.Kind == document.Object {
				add("")
			}
			within(c)
		}
		t := x.targets[s]
		for _, list := range [][]*document.Node{inPlace(s), t.sure, t.perhaps} {
			for _, c := range list {
				within(c)
			}
		}
	}
	for _, s := range x.order {
		if p := s.Get("properties"); p != nil {
			for _, m := range p.Members {
				if x.hides(m.Value) || x.hidesNameless(m.Value) {
					add(m.Key)
				}
			}
		}
		if x.hides(s) {
			within(s)
		}
		if slices.ContainsFunc(children(s, oneNameless, listNameless, objectNameless), x.hides) {
			add("")
		}
		if names := s.Get("propertyNames"); names != nil && x.hides(names) {
			add("")
		}
	}
	slices.Sort(keys)
	return keys
}
