package shape

import (
	"slices"

	"github.com/hotbind/hotbind/internal/rules"
	"github.com/hotbind/hotbind/internal/rules/compile"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/internal/wording"
	"github.com/hotbind/hotbind/runtime/document"
)

// A property is a future field: all that is declared about one key.
type property struct {
	key     string
	at      schema.Place
	schemas []*schema.Schema
	// conditional properties are declared by alternatives only. covered ones are
	// declared by each of a group, so that one of the schemas applies whenever the
	// property is present.
	conditional, covered bool
	// secret reports that an alternative or a condition marks the property.
	secret bool
}

// declared adds the fields of the named properties.
func (o *object) declared() {
	list := o.unconditional()
	required := o.required()
	list = o.addConditional(list)
	list = append(list, o.requiredOnly(list, required)...)
	for i := range list {
		o.st.Fields = append(o.st.Fields, o.field(&list[i], slices.Contains(required, list[i].key)))
	}
	o.view.takeAll("properties", "required")
}

// unconditional returns the properties that v declares, with the schemas of all parts:
// in a part that does not name the property, its schema for other properties.
func (o *object) unconditional() (list []property) {
	index := map[string]bool{}
	for _, p := range o.view.parts {
		for _, own := range p.s.Properties {
			if index[own.Key] || !p.left["properties"] {
				continue
			}
			index[own.Key] = true
			prop := property{key: own.Key, at: own.At, schemas: o.saidOf(own.Key, p)}
			if slices.ContainsFunc(prop.schemas, func(s *schema.Schema) bool { return s.Never }) && o.exact && o.refusedByOthers(own.Key, p) {
				continue // never present: rejected like an undeclared one
			}
			list = append(list, prop)
		}
	}
	return list
}

// saidOf returns the schemas of v for a property that p declares.
func (o *object) saidOf(key string, p *part) (list []*schema.Schema) {
	add := func(s *schema.Schema) {
		if s != nil && !slices.Contains(list, s) && !(s.Always && len(list) > 0) {
			list = append(list, s)
		}
	}
	add(p.s.Property(key))
	for _, q := range o.view.parts {
		if q == p {
			continue
		}
		if s := q.s.Property(key); s != nil {
			if list[0].Always {
				list = nil
			}
			add(s)
		} else if o.exact && q.left["additionalProperties"] {
			add(q.s.AdditionalProperties)
		}
	}
	return list
}

// refusedByOthers reports whether another part rejects a property of the name.
func (o *object) refusedByOthers(key string, p *part) bool {
	return slices.ContainsFunc(o.view.parts, func(q *part) bool {
		return q != p && q.s.Property(key) == nil && q.s.AdditionalProperties != nil && q.s.AdditionalProperties.Never
	})
}

func (o *object) required() (keys []string) {
	for _, p := range o.view.parts {
		for _, key := range p.s.Required {
			if p.left["required"] && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// addConditional adds the properties that only alternatives declare. It also takes from
// them what is declared without a schema.
func (o *object) addConditional(list []property) []property {
	closed := len(o.beside) > 0
	for _, c := range o.conditional(o.view) {
		i := slices.IndexFunc(list, func(p property) bool { return p.key == c.key })
		if i >= 0 && slices.ContainsFunc(c.schemas, isSecretSomehow) {
			list[i].secret = true
		}
		switch {
		case i >= 0 && !slices.ContainsFunc(list[i].schemas, func(s *schema.Schema) bool { return compile.SaysAnything(compile.Same(s)) }):
			c.at, c.secret = list[i].at, list[i].secret
			list[i] = c
		case i < 0 && !closed && len(o.matching(c.key)) == 0:
			list = append(list, c)
		}
	}
	return list
}

// matching returns the schemas of the patterns that a name matches.
func (o *object) matching(key string) (list []*schema.Schema) {
	for _, p := range o.view.parts {
		for _, q := range p.s.PatternProperties {
			if matched, err := o.left.Pattern(q.Pattern).Match(key); matched && err == nil {
				list = append(list, q.Schema)
			}
		}
	}
	return list
}

// requiredOnly returns the properties that are required but not declared. They may be
// whatever undeclared properties may be.
func (o *object) requiredOnly(list []property, required []string) (more []property) {
	beside := o.beside
	for _, key := range required {
		if slices.ContainsFunc(list, func(p property) bool { return p.key == key }) {
			continue
		}
		at := o.requiredAt(key)
		switch {
		case len(o.matching(key)) > 0:
			o.st.Required = append(o.st.Required, key)
		case slices.ContainsFunc(beside, func(s *schema.Schema) bool { return s.Never }):
			o.Warnf(at, "undeclared-required", "declare it under properties",
				"no object is valid: %q is required, but additionalProperties does not allow it", key)
			o.st.Required = append(o.st.Required, key)
		case len(beside) > 0 && o.exact:
			more = append(more, property{key: key, at: at, schemas: []*schema.Schema{o.all(beside)}})
		default:
			more = append(more, property{key: key, at: at})
		}
	}
	return more
}

func (o *object) requiredAt(key string) schema.Place {
	for _, p := range o.view.parts {
		if slices.Contains(p.s.Required, key) {
			return p.s.Keyword("required")
		}
	}
	return o.view.s.At
}

// field returns the field of a property.
func (o *object) field(p *property, required bool) *Field {
	f := &Field{Key: p.key, At: p.at, Said: p.schemas, Required: required, Conditional: p.conditional}
	if len(p.schemas) == 0 {
		f.Type, f.Kept = &Any{Why: "it is required but not declared"}, true
		return f
	}
	s := o.all(p.schemas)
	if p.conditional {
		s = o.anyOne(p.schemas)
	}
	f.Schema = s
	f.Env, f.Deprecated = s.Env, s.Deprecated
	if target := compile.Same(s); s.Env == "" {
		f.Env = target.Env
	}
	for _, schema := range p.schemas {
		f.Restart = o.isRestart(schema) || f.Restart
	}
	t, loose := o.fieldType(s, &Place{Kind: Property, In: o.decl, Field: f})
	if p.secret || slices.ContainsFunc(o.matching(p.key), isSecretSomehow) {
		t = markSecret(t)
	}
	f.Loose = loose || p.conditional && !p.covered
	if loose && !p.conditional && !o.dynamic {
		f.Rule = o.left.Rule(s)
	}
	o.presence(f, s, t, p.conditional)
	f.Kept = isLossy(f.Type, 0)
	return f
}

// fieldType returns the type of s as a field. A schema that declares no type but
// describes values of one gets that type, because a struct can keep a value of another
// type; loose reports this.
func (w *worker) fieldType(s *schema.Schema, at *Place) (t Type, loose bool) {
	v := w.view(compile.Same(s))
	k := w.speaks(v)
	if w.kindsOfView(v) != rules.AllKinds || !(k &^ rules.KindNull).IsOne() || k&rules.KindObject != 0 && !w.isMap(v) {
		return w.typeOf(s, at), false
	}
	if k&rules.KindNumber != 0 {
		k |= rules.KindNumber
	}
	return w.markList(s, w.mark(s, w.typeOfView(w.narrow(v, k), refPlace(v.s, at)))), true
}

// presence decides how a field represents an absent property.
func (w *worker) presence(f *Field, s *schema.Schema, t Type, conditional bool) {
	f.Type = t
	if given := s.DefaultValue(); given != nil && !conditional { // a default of an alternative applies in that one only
		if !holds(t, given) {
			w.Warnf(f.At, "bad-default", "", "the Go type cannot hold the default %s; it is not applied", wording.Name(string(given.AppendJSON(nil))))
		} else if w.kinds.Allows(s, given) {
			f.Default = string(given.AppendJSON(nil))
		} else {
			w.Warnf(f.At, "bad-default", "", "the default is invalid under another schema of the property; it is not applied")
		}
	}
	if !f.Loose && (f.Required || f.Default != "") || IsAbsentable(t) {
		return
	}
	if r, ok := t.(*Ref); ok && !f.Loose && r.Decl.Struct != nil && !r.Back && w.fills(r.Decl) {
		f.Filled = true
		return
	}
	f.Type = &Optional{Elem: t, Nullable: isUntyped(t) && w.kinds.Allows(s, null)} // in any, null is a value
}

// fills reports whether an empty object completed by defaults is valid and no longer
// empty.
func (w *worker) fills(d *Decl) bool {
	return w.left.Rules().Allows(d.Rule, document.NewObject(nil, document.Position{})) && d.Struct.Length.Min == 0 && len(d.Struct.Required) == 0 &&
		!slices.ContainsFunc(d.Struct.Fields, func(f *Field) bool { return f.Required }) &&
		slices.ContainsFunc(d.Struct.Fields, func(f *Field) bool { return f.Default != "" || f.Filled })
}

// conditional lists the properties that the alternatives of v declare, and those of
// conditional schemas.
func (w *worker) conditional(v *view) (list []property) {
	for _, p := range v.parts {
		for _, g := range p.groups() {
			list = w.addBranches(list, g.branches, v.only)
		}
		var one []*schema.Schema
		if p.left["if"] {
			one = append(one, p.s.Then, p.s.Else)
		}
		for _, d := range p.s.DependentSchemas {
			one = append(one, d.Schema)
		}
		for _, s := range one {
			if s != nil {
				list = addProperties(list, w.propertiesOf(s, v.only))
			}
		}
	}
	return list
}

// addBranches adds what the branches of a group declare.
func (w *worker) addBranches(list []property, branches []*schema.Schema, only rules.Kinds) []property {
	count := map[string]int{}
	possible := 0
	var found []property
	for _, b := range branches {
		if w.kinds.Kinds(b)&only&rules.KindObject == 0 {
			continue
		}
		possible++
		for _, key := range slices.Compact(slices.Sorted(slices.Values(w.view(b).declared()))) {
			count[key]++
		}
		found = addProperties(found, w.propertiesOf(b, only))
	}
	for i := range found {
		found[i].covered = count[found[i].key] == possible
	}
	return addProperties(list, found)
}

// declared returns the keys that v declares unconditionally.
func (v *view) declared() (keys []string) {
	for _, p := range v.parts {
		for _, own := range p.s.Properties {
			keys = append(keys, own.Key)
		}
	}
	return keys
}

// propertiesOf returns all properties that s declares, conditionally or not.
func (w *worker) propertiesOf(s *schema.Schema, only rules.Kinds) (list []property) {
	if w.gathering[s] {
		return nil
	}
	w.gathering[s] = true
	defer delete(w.gathering, s)
	v := w.view(s)
	v.only &= only
	for _, p := range v.parts {
		for _, own := range p.s.Properties {
			if !own.Schema.Never {
				list = addProperties(list, []property{{key: own.Key, at: own.At, schemas: []*schema.Schema{own.Schema}, conditional: true}})
			}
		}
	}
	list = addProperties(list, w.conditional(v))
	for i := range list {
		list[i].covered = false // covered by a group of v, not of the caller
	}
	return list
}

// addProperties merges more into list. A property stays covered only if nothing outside
// its group declares it.
func addProperties(list, more []property) []property {
	for _, p := range more {
		i := slices.IndexFunc(list, func(q property) bool { return q.key == p.key })
		if i < 0 {
			list = append(list, p)
			continue
		}
		list[i].covered = false
		for _, s := range p.schemas {
			if !slices.ContainsFunc(list[i].schemas, func(t *schema.Schema) bool { return compile.Same(t) == compile.Same(s) }) {
				list[i].schemas = append(slices.Clone(list[i].schemas), s)
			}
		}
	}
	return list
}
