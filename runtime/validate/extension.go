package validate

import (
	"net/url"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/hotbind/hotbind/internal/pattern"
)

// An extension checks the keywords that the compiler leaves to us: patterns,
// which it reads as Go does and not as ECMA-262; the properties that depend on
// them; and enum without a value, which it takes for no enum.
type extension struct{ patterns map[string]*pattern.Pattern }

// A part is what one schema says in those keywords.
type part struct {
	noValue bool // enum is empty
	text    *pattern.Pattern
	named   []namedPart
	// Of additionalProperties: the names it is not about, whether it is true or
	// false, and otherwise the schema it is.
	declared   map[string]bool
	all, never bool
	others     *jsonschema.Schema
}

// A namedPart is a schema for the properties whose names match a pattern.
type namedPart struct {
	path    string
	pattern *pattern.Pattern
	schema  *jsonschema.Schema
}

// Compile implements jsonschema.ExtCompiler.
func (x extension) Compile(ctx jsonschema.CompilerContext, m map[string]any) (jsonschema.ExtSchema, error) {
	p := &part{declared: map[string]bool{}}
	_, p.noValue = m[ours+"enum"]
	if source, ok := m[ours+"pattern"].(string); ok {
		p.text = x.patterns[source]
	}
	named, _ := m[ours+"patternProperties"].(map[string]any)
	if !p.noValue && p.text == nil && named == nil {
		return nil, nil
	}
	properties, _ := m["properties"].(map[string]any)
	for key := range properties {
		p.declared[key] = true
	}
	for source := range named {
		path := ours + "patternProperties/" + url.PathEscape(escape(source))
		schema, err := ctx.Compile(path, false)
		if err != nil {
			return nil, err
		}
		p.named = append(p.named, namedPart{path, x.patterns[source], schema})
	}
	return p, p.compileOthers(ctx, m[ours+"additionalProperties"])
}

func (p *part) compileOthers(ctx jsonschema.CompilerContext, others any) (err error) {
	switch others := others.(type) {
	case bool:
		p.all, p.never = others, !others
	case map[string]any:
		p.others, err = ctx.Compile(ours+"additionalProperties", false)
	}
	return err
}

// tooLong is the message of a match that was given up.
const tooLong = "took too long"

// Validate implements jsonschema.ExtSchema.
func (p *part) Validate(ctx jsonschema.ValidationContext, v any) error {
	var errs []error
	if p.noValue {
		errs = append(errs, ctx.Error("enum", "no value is allowed"))
	}
	switch v := v.(type) {
	case string:
		if p.text == nil {
			break
		}
		if ok, err := p.text.Match(v); err != nil {
			errs = append(errs, ctx.Error("pattern", tooLong))
		} else if !ok {
			errs = append(errs, ctx.Error("pattern", "does not match"))
		}
	case map[string]any:
		errs = append(errs, p.properties(ctx, v)...)
	}
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return jsonschema.ValidationError{}.Group(ctx.Error("", "doesn't validate"), errs...)
}

func (p *part) properties(ctx jsonschema.ValidationContext, object map[string]any) (errs []error) {
	add := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	unknown := false
	for key, value := range object {
		at := url.PathEscape(escape(key))
		if at == "" { // which would mean the object itself
			at = emptyKey
		}
		known := p.declared[key]
		for _, n := range p.named {
			matched, err := n.pattern.Match(key)
			if err != nil {
				add(ctx.Error(n.path, tooLong))
			}
			if matched {
				known = true
				ctx.EvaluatedProp(key)
				add(ctx.Validate(n.schema, n.path, value, at))
			}
		}
		if known || !p.all && !p.never && p.others == nil {
			continue
		}
		ctx.EvaluatedProp(key)
		unknown = true
		if p.others != nil {
			add(ctx.Validate(p.others, ours+"additionalProperties", value, at))
		}
	}
	if p.never && unknown {
		add(ctx.Error("additionalProperties", "is not allowed"))
	}
	return errs
}
