package validate

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

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

// An index resolves the references of a schema, all of which lead to places
// inside it. It does not change once it is made.
type index struct {
	root      *document.Node
	old       bool   // a draft in which $ref stands alone
	id        string // the keyword for the address of a schema
	resources map[string][]*document.Node
	anchors   map[string][]*document.Node // by their full address, and #name for all of a name
	targets   map[*document.Node]targets
	patterns  map[string]*regexp.Regexp
	where     map[*document.Node]string // pointers of all schemas
	order     []*document.Node          // all schemas, outer ones first
	sizes     map[*document.Node]size
}

// targets are where the references of a schema lead: those that are certain,
// and those of which one is chosen when a document is checked.
type targets struct{ sure, perhaps []*document.Node }

func newIndex(root *document.Node) *index {
	x := &index{
		root: root, resources: map[string][]*document.Node{}, anchors: map[string][]*document.Node{},
		targets: map[*document.Node]targets{}, patterns: map[string]*regexp.Regexp{}, where: map[*document.Node]string{}, sizes: map[*document.Node]size{}, id: "$id",
	}
	draft := ""
	if n := root.Get("$schema"); n != nil {
		draft = n.Text
	}
	x.old = strings.Contains(draft, "draft-0")
	if strings.Contains(draft, "draft-04") {
		x.id = "id"
	}
	bases := map[*document.Node]string{}
	x.collect(root, base, bases)
	x.resources[base] = append(x.resources[base], root)
	for n, at := range bases {
		x.targets[n] = x.resolveAll(n, at)
	}
	x.list(root, "#")
	return x
}

// collect finds what references can lead to, and the base address of all that
// has one.
func (x *index) collect(n *document.Node, at string, bases map[*document.Node]string) {
	if id := n.Get(x.id); id != nil && id.Kind == document.String && (!x.old || n.Get("$ref") == nil) {
		address, fragment, _ := strings.Cut(resolve(at, id.Text), "#")
		if address != at {
			at = address
			x.resources[at] = append(x.resources[at], n)
		}
		x.anchor(at, fragment, n)
	}
	for _, key := range []string{"$anchor", "$dynamicAnchor"} {
		if a := n.Get(key); a != nil && a.Kind == document.String {
			x.anchor(at, a.Text, n)
		}
	}
	if a := n.Get("$recursiveAnchor"); a != nil && a.Text == "true" {
		x.anchor("", "$recursiveAnchor", n)
	}
	for _, key := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		if r := n.Get(key); r != nil && r.Kind == document.String {
			bases[n] = at
		}
	}
	for i := range n.Members {
		x.collect(n.Members[i].Value, at, bases)
	}
	for _, item := range n.Items {
		x.collect(item, at, bases)
	}
}

func (x *index) anchor(at, name string, n *document.Node) {
	if name != "" && !strings.HasPrefix(name, "/") {
		x.anchors[at+"#"+name] = append(x.anchors[at+"#"+name], n)
		if at != "" {
			x.anchors["#"+name] = append(x.anchors["#"+name], n)
		}
	}
}

// resolve is the address that ref means at the address base.
func resolve(base, ref string) string {
	if strings.HasPrefix(ref, "#") {
		return base + ref
	}
	b, err1 := url.Parse(base)
	r, err2 := url.Parse(ref)
	if err1 != nil || err2 != nil {
		return ref
	}
	return b.ResolveReference(r).String()
}

func (x *index) resolveAll(n *document.Node, at string) targets {
	var t targets
	text := func(key string) string {
		if r := n.Get(key); r != nil && r.Kind == document.String {
			return r.Text
		}
		return ""
	}
	if ref := text("$ref"); ref != "" {
		t.sure = x.lookup(resolve(at, ref))
	}
	if ref := text("$recursiveRef"); ref != "" {
		t.perhaps = append(x.lookup(resolve(at, ref)), x.anchors["#$recursiveAnchor"]...)
	}
	if ref := text("$dynamicRef"); ref != "" {
		_, name, _ := strings.Cut(ref, "#")
		t.perhaps = append(t.perhaps, x.lookup(resolve(at, ref))...)
		t.perhaps = append(t.perhaps, x.anchors["#"+name]...)
	}
	return t
}

// lookup finds the schemas at an address.
func (x *index) lookup(address string) []*document.Node {
	resource, fragment, _ := strings.Cut(address, "#")
	if fragment != "" && !strings.HasPrefix(fragment, "/") {
		if name, err := url.PathUnescape(fragment); err == nil {
			fragment = name
		}
		return slices.Clone(x.anchors[resource+"#"+fragment])
	}
	var found []*document.Node
	for _, n := range x.resources[resource] {
		if n = follow(n, fragment); n != nil {
			found = append(found, n)
		}
	}
	return found
}

// follow is the node that pointer leads to, or nil.
func follow(n *document.Node, pointer string) *document.Node {
	if pointer == "/" {
		return n
	}
	for _, t := range tokens(pointer) {
		if n.Kind == document.List {
			i, err := strconv.Atoi(t)
			if err != nil || i < 0 || i >= len(n.Items) {
				return nil
			}
			n = n.Items[i]
		} else if n = n.Get(t); n == nil {
			return nil
		}
	}
	return n
}

// list finds all schemas in and under s, also those that only references lead
// to, with the pointers to them and the patterns of their properties.
func (x *index) list(s *document.Node, pointer string) {
	if _, known := x.where[s]; known || s.Kind != document.Object {
		return
	}
	x.where[s] = pointer
	x.order = append(x.order, s)
	for i := range s.Members {
		m := &s.Members[i]
		under := pointer + "/" + escape(m.Key)
		if m.Value.Kind == document.Object && slices.Contains(oneSchema, m.Key) {
			x.list(m.Value, under)
		}
		if m.Value.Kind == document.List && slices.Contains(listOfSchemas, m.Key) {
			for j, item := range m.Value.Items {
				x.list(item, under+"/"+strconv.Itoa(j))
			}
		}
		if m.Value.Kind == document.Object && slices.Contains(objectOfSchemas, m.Key) {
			for _, c := range m.Value.Members {
				x.list(c.Value, under+"/"+escape(c.Key))
				if m.Key == "patternProperties" {
					if re, err := regexp.Compile(c.Key); err == nil {
						x.patterns[c.Key] = re
					}
				}
			}
		}
	}
	for _, t := range x.targets[s].sure {
		if _, known := x.where[t]; !known && s.Get("$ref") != nil {
			_, fragment, _ := strings.Cut(s.Get("$ref").Text, "#")
			x.list(t, "#"+fragment)
		}
	}
}

func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

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
