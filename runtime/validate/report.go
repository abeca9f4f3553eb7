package validate

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/internal/format"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// value is n as the validator wants it: numbers keep their text.
func value(n *document.Node) any {
	switch n.Kind {
	case document.Bool:
		return n.Text == "true"
	case document.String:
		return n.Text
	case document.Number:
		return json.Number(n.Text)
	case document.List:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = value(item)
		}
		return list
	case document.Object:
		object := make(map[string]any, len(n.Members))
		for i := range n.Members {
			object[n.Members[i].Key] = value(n.Members[i].Value)
		}
		return object
	}
	return nil
}

// emptyKey stands for the empty key in places told by our extension.
const emptyKey = "%00"

// tokens are the parts of a JSON pointer.
func tokens(pointer string) []string {
	pointer = strings.TrimPrefix(pointer, "#")
	if pointer == "" {
		return nil
	}
	list := strings.Split(pointer[1:], "/")
	for i, t := range list {
		if t == emptyKey {
			t = ""
		}
		if u, err := url.PathUnescape(t); err == nil {
			t = u
		}
		list[i] = unescape.Replace(t)
	}
	return list
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// at is the node that pointer leads to, or the last one on the way.
func at(n *document.Node, pointer string) *document.Node {
	for _, t := range tokens(pointer) {
		next := step(n, t)
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// step is the member or item of n that a part of a pointer names, or nil.
func step(n *document.Node, token string) *document.Node {
	if n.Kind == document.List {
		if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(n.Items) {
			return n.Items[i]
		}
		return nil
	}
	if next := n.Get(token); next != nil {
		return next
	}
	if rest, renamed := strings.CutPrefix(token, ours); renamed {
		return n.Get(rest)
	}
	return nil
}

// leaves are the errors that have no cause below them.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var list []*jsonschema.ValidationError
	for _, c := range e.Causes {
		list = append(list, leaves(c)...)
	}
	return list
}

func keyword(e *jsonschema.ValidationError) string {
	i := strings.LastIndexByte(e.KeywordLocation, '/')
	if i < 0 {
		return ""
	}
	return tokens(e.KeywordLocation[i:])[0]
}

// withoutEchoes drops what is missing only because it was misspelt, which is
// told already.
func (r *reporter) withoutEchoes() document.Findings {
	return slices.DeleteFunc(r.findings, func(f document.Finding) bool {
		return f.Message == wording.Missing() && slices.Contains(r.meant, f.Path)
	})
}

type reporter struct {
	doc      *document.Node
	findings document.Findings
	meant    []string // paths of properties that were misspelt
	places   *walk
	told     map[[2]string]bool
}

// report finds what to say of e: what its causes say, or of alternatives what
// the nearest one says.
func (r *reporter) report(e *jsonschema.ValidationError) {
	if k := keyword(e); (k == "oneOf" || k == "anyOf") && len(e.Causes) > 1 {
		if !r.reportTag(e) {
			r.report(nearest(e))
		}
		return
	}
	if len(e.Causes) == 0 {
		r.leaf(e)
		return
	}
	for _, c := range e.Causes {
		r.report(c)
	}
}

// reportTag reports a value that is none of those by which the alternatives are
// told apart, and whether that is what is wrong: each of them has another
// constant for the same property.
func (r *reporter) reportTag(e *jsonschema.ValidationError) bool {
	var tag *jsonschema.ValidationError
	var allowed []*document.Node
	for _, c := range e.Causes {
		i := slices.IndexFunc(leaves(c), func(leaf *jsonschema.ValidationError) bool {
			return keyword(leaf) == "const" && leaf.InstanceLocation != e.InstanceLocation
		})
		if i < 0 {
			return false
		}
		leaf := leaves(c)[i]
		if tag != nil && tag.InstanceLocation != leaf.InstanceLocation {
			return false
		}
		tag = leaf
		constant, _ := r.places.located(leaf.AbsoluteKeywordLocation)
		allowed = append(allowed, constant)
	}
	r.notAllowed(r.fault(tag), allowed)
	return true
}

// nearest is the alternative with the fewest complaints, those about the type of
// the value as a whole counting most.
func nearest(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	weight := func(c *jsonschema.ValidationError) int {
		w := 0
		for _, leaf := range leaves(c) {
			w++
			switch k := keyword(leaf); {
			case k == "type" && leaf.InstanceLocation == e.InstanceLocation:
				w += 1000
			case k == "const": // it says itself that it is another one
				w += 100
			}
		}
		return w
	}
	return slices.MinFunc(e.Causes, func(a, b *jsonschema.ValidationError) int { return weight(a) - weight(b) })
}

// fault is what e is about: its value, or where it is about the name of a
// property that name, and its place as configurations write it. In a secret, the
// path is that of the outermost value that is one.
func (r *reporter) fault(e *jsonschema.ValidationError) fault {
	f := fault{n: r.doc, secret: r.places.secrets[r.doc]}
	list := tokens(e.InstanceLocation)
	for i, t := range list {
		key, path := document.Position{}, ""
		next := (*document.Node)(nil)
		switch f.n.Kind {
		case document.List:
			if j, err := strconv.Atoi(t); err == nil && j >= 0 && j < len(f.n.Items) {
				next, path = f.n.Items[j], document.IndexPath(f.path, j)
			}
		case document.Object:
			for _, m := range f.n.Members {
				if m.Key == t {
					next, key, path = m.Value, m.Pos, document.KeyPath(f.path, t)
				}
			}
		}
		if next == nil { // the place is in what a string contains
			break
		}
		object := f
		f.inside = f.secret
		if !f.secret {
			f.path, f.secret = path, r.places.secrets[next]
		}
		f.n = next
		if i == len(list)-1 && aboutName(e) {
			f.n = &document.Node{Kind: document.String, Text: t, Pos: key}
			f.name = true
			f.covered, f.secret, f.inside = f.secret, object.secret, object.inside
		}
	}
	f.covered = f.covered || f.secret || r.places.lines[lineOf(f.n.Pos)]
	return f
}

// aboutName reports whether e is about the name of a property.
func aboutName(e *jsonschema.ValidationError) bool {
	list := tokens(e.KeywordLocation)
	for i := 0; i < len(list); i++ {
		switch k := list[i]; {
		case k == "propertyNames":
			return true
		case k == "dependentRequired" || slices.Contains(objectOfSchemas, k) || slices.Contains(listOfSchemas, k) && k != "items":
			i++
		}
	}
	return false
}

// leaf says one thing that is wrong.
func (r *reporter) leaf(e *jsonschema.ValidationError) {
	told := [2]string{e.AbsoluteKeywordLocation, e.InstanceLocation}
	if r.told[told] { // through another reference to the same schema
		return
	}
	r.told[told] = true
	parts := strings.Split(e.AbsoluteKeywordLocation, "/")
	parent, _ := r.places.located(strings.Join(parts[:max(1, len(parts)-1)], "/"))
	rule := parent.Get(keyword(e))
	f := r.fault(e)
	f.parent, f.rule = parent, rule
	if f.name && f.secret {
		r.add(f, wording.KeyInside(), "")
		return
	}
	if e.Message == tooLong {
		r.add(f, "takes too long to be compared with a pattern", "")
		return
	}
	if e.Message == "not allowed" { // a schema that is false, whatever it is called
		r.add(f, wording.Never(), "")
		return
	}
	if key, whole := r.places.located(e.AbsoluteKeywordLocation); parent.Kind == document.List && whole && key.Kind == document.String {
		r.needed(f, parts[len(parts)-2], key.Text)
		return
	}
	say := messages[keyword(e)]
	if rule == nil || say == nil {
		if parent.Kind == document.Bool || rule != nil && rule.Kind == document.Bool {
			r.add(f, wording.Never(), "")
			return
		}
		r.add(f, "is not allowed by "+wording.Quote(keyword(e))+" of the schema", "")
		return
	}
	say(r, f)
}

// A fault is a value, its place, and the rule it breaks.
type fault struct {
	n            *document.Node
	path         string
	parent, rule *document.Node
	name         bool // the value is the name of a property
	secret       bool // the value must not be shown
	inside       bool // the value is only a part of what the path leads to, a secret
	covered      bool // the line must not be shown
}

func (r *reporter) add(f fault, message, hint string) {
	if f.inside && f.secret {
		message = "a value in it: " + message
	}
	r.findings = append(r.findings, document.Finding{Pos: f.n.Pos, Path: f.path, Message: message, Hint: hint, Secret: f.covered})
}

// messages say what is wrong by the keyword that is not satisfied.
var messages = map[string]func(*reporter, fault){
	"type": func(r *reporter, f fault) {
		// A condition may want another kind than the value has by all else.
		hidden := f.secret || r.places.holders[f.n]
		f.covered = f.covered || hidden
		message, hint := wording.Type(f.n, hidden, wanted(f.rule))
		r.add(f, message, hint)
	},
	"enum":             func(r *reporter, f fault) { r.notAllowed(f, f.rule.Items) },
	"const":            func(r *reporter, f fault) { r.notAllowed(f, []*document.Node{f.rule}) },
	"required":         missing,
	"minimum":          func(r *reporter, f fault) { r.add(f, wording.Minimum(f.n, f.secret, f.rule.Text, false), "") },
	"maximum":          func(r *reporter, f fault) { r.add(f, wording.Maximum(f.n, f.secret, f.rule.Text, false), "") },
	"exclusiveMinimum": func(r *reporter, f fault) { r.add(f, wording.Minimum(f.n, f.secret, bound(f, "minimum"), true), "") },
	"exclusiveMaximum": func(r *reporter, f fault) { r.add(f, wording.Maximum(f.n, f.secret, bound(f, "maximum"), true), "") },
	"multipleOf":       func(r *reporter, f fault) { r.add(f, wording.Multiple(f.n, f.secret, f.rule.Text), "") },
	"minLength": func(r *reporter, f fault) {
		r.add(f, wording.Few(utf8.RuneCountInString(f.n.Text), number(f.rule), "character", f.secret), "")
	},
	"maxLength": func(r *reporter, f fault) {
		r.add(f, wording.Many(utf8.RuneCountInString(f.n.Text), number(f.rule), "character", f.secret), "")
	},
	"pattern": func(r *reporter, f fault) { r.add(f, wording.Pattern(f.n, f.secret, f.rule.Text), "") },
	"format":  badFormat,
	"minItems": func(r *reporter, f fault) {
		r.add(f, wording.Few(len(f.n.Items), number(f.rule), "item", f.secret), "")
	},
	"maxItems": func(r *reporter, f fault) {
		r.add(f, wording.Many(len(f.n.Items), number(f.rule), "item", f.secret), "")
	},
	"minProperties": func(r *reporter, f fault) {
		r.add(f, wording.Few(len(f.n.Members), number(f.rule), "property", f.secret), "")
	},
	"maxProperties": func(r *reporter, f fault) {
		r.add(f, wording.Many(len(f.n.Members), number(f.rule), "property", f.secret), "")
	},
	"uniqueItems": func(r *reporter, f fault) {
		if i, j, ok := document.Duplicate(f.n.Items); ok {
			f.n = f.n.Items[j]
			r.add(f, wording.Unique(i, j), "")
		}
	},
	"additionalProperties": unknown,
	"oneOf": func(r *reporter, f fault) {
		r.add(f, "more than one of the "+strconv.Itoa(len(f.rule.Items))+" alternatives allow it, and exactly one must", "")
	},
}

func number(n *document.Node) int {
	digits, _ := document.IntegerText(n.Text)
	i, _ := strconv.Atoi(digits)
	return i
}

// bound is the bound itself where draft 4 has only a flag for it.
func bound(f fault, other string) string {
	if f.rule.Kind == document.Bool && f.parent.Get(other) != nil {
		return f.parent.Get(other).Text
	}
	return f.rule.Text
}

func wanted(rule *document.Node) string {
	names := rule.Items
	if rule.Kind == document.String {
		names = []*document.Node{rule}
	}
	var list []string
	for _, n := range names {
		list = append(list, map[string]string{
			"array": "a list", "object": "an object", "string": "a string", "integer": "a whole number",
			"number": "a number", "boolean": "true or false", "null": "null",
		}[n.Text])
	}
	return wording.Or(list)
}

func (r *reporter) notAllowed(f fault, allowed []*document.Node) {
	var list []string
	for _, n := range allowed {
		text := n.Text
		if n.Kind != document.String || text == "" {
			text = string(n.AppendJSON(nil))
		}
		list = append(list, text)
	}
	message, hint := wording.NotAllowed(f.n, f.secret, list)
	r.add(f, message, hint)
}

func missing(r *reporter, f fault) {
	if f.secret {
		r.add(f, wording.MissingInside(), "")
		return
	}
	path := f.path
	for _, key := range f.rule.Items {
		if f.n.Get(key.Text) == nil {
			f.path = document.KeyPath(path, key.Text)
			r.add(f, wording.Missing(), "")
		}
	}
}

// needed reports a property that another one, the last part of a pointer, asks
// for.
func (r *reporter) needed(f fault, other, key string) {
	if f.secret {
		r.add(f, wording.MissingInside(), "")
		return
	}
	f.path = document.KeyPath(f.path, key)
	r.add(f, wording.Missing(), "because "+wording.Name(tokens("/" + other)[0])+" is given")
}

func unknown(r *reporter, f fault) {
	var declared []string
	if p := f.parent.Get("properties"); p != nil {
		for _, m := range p.Members {
			declared = append(declared, m.Key)
		}
	}
	path, covered := f.path, f.covered
	for _, m := range f.n.Members {
		if slices.Contains(declared, m.Key) || r.matches(f.parent.Get("patternProperties"), m.Key) {
			continue
		}
		if f.secret {
			f.n = &document.Node{Pos: m.Pos}
			message, _ := wording.Unknown(wording.Redacted, nil)
			r.add(f, message, "")
			return
		}
		f.covered = covered || r.places.lines[lineOf(m.Pos)]
		message, hint := wording.Unknown(m.Key, declared)
		if near := wording.Nearest(m.Key, declared); near != "" {
			r.meant = append(r.meant, document.KeyPath(path, near))
			meant := f.parent.Get("properties").Get(near)
			f.covered = f.covered || r.places.hides(meant) || r.places.hidesNameless(meant)
		}
		f.path, f.n = document.KeyPath(path, m.Key), &document.Node{Pos: m.Pos}
		r.add(f, message, hint)
	}
}

func (r *reporter) matches(patterns *document.Node, key string) bool {
	if patterns == nil {
		return false
	}
	return slices.ContainsFunc(patterns.Members, func(m document.Member) bool { return r.places.matchesKey(m.Key, key) })
}

func badFormat(r *reporter, f fault) {
	why := ""
	if known := format.Named(f.rule.Text); known != nil {
		if err := known.Check(f.n.Text); err != nil {
			why = err.Error()
		}
	}
	r.add(f, wording.Format(f.n, f.secret, f.rule.Text, why), "")
}

// follow is the node that pointer leads to, or nil.
func follow(n *document.Node, pointer string) *document.Node {
	list := tokens(pointer)
	for i := range list {
		next := step(n, list[i])
		if next == nil {
			return nil
		}
		n = next
	}
	return n
}
