package lower

import (
	"slices"
	"strconv"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/schema"
	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

// A property is a field in the making: all that is said of one key.
type property struct {
	key     string
	at      schema.Place
	schemas []*schema.Schema
	// conditional properties are declared by alternatives only; covered ones by all
	// of a group, so that one of the schemas holds whenever the property is there.
	conditional, covered bool
}

// propertySchema is what is said of the property together.
func (l *lowerer) propertySchema(p *property) *schema.Schema {
	if p.conditional {
		return l.anyOne(p.schemas)
	}
	return l.all(p.schemas)
}

// declared makes the fields of the properties that have names.
func (o *objectLowering) declared() {
	list := o.unconditional()
	required := o.required()
	list = o.addConditional(list)
	list = append(list, o.requiredOnly(list, required)...)
	names := o.fieldNames(list)
	for i := range list {
		f := o.field(&list[i], names[i], slices.Contains(required, list[i].key))
		o.st.Fields = append(o.st.Fields, f)
	}
	o.view.takeAll("properties", "required")
	o.nameFields(o.decl, o.st.Fields)
}

// unconditional are the properties that v declares, with all its parts say of
// them: a part that does not name a property speaks of it as one of the others.
func (o *objectLowering) unconditional() (list []property) {
	index := map[string]bool{}
	for _, p := range o.view.parts {
		for _, own := range p.s.Properties {
			if index[own.Key] || !p.left["properties"] {
				continue
			}
			index[own.Key] = true
			prop := property{key: own.Key, at: own.At, schemas: o.saidOf(own.Key, p)}
			if slices.ContainsFunc(prop.schemas, func(s *schema.Schema) bool { return s.Never }) && o.exact && o.refusedByOthers(own.Key, p) {
				continue // never there: it is refused like an undeclared one
			}
			list = append(list, prop)
		}
	}
	return list
}

// saidOf are the schemas that v has for a property which p declares.
func (o *objectLowering) saidOf(key string, p *part) (list []*schema.Schema) {
	add := func(s *schema.Schema) {
		if s != nil && !slices.Contains(list, s) && !(s.Always && len(list) > 0) {
			list = append(list, s)
		}
	}
	add(propertyOf(p.s, key))
	for _, q := range o.view.parts {
		if q == p {
			continue
		}
		if s := propertyOf(q.s, key); s != nil {
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

// refusedByOthers reports whether another part allows no property of the name.
func (o *objectLowering) refusedByOthers(key string, p *part) bool {
	return slices.ContainsFunc(o.view.parts, func(q *part) bool {
		return q != p && propertyOf(q.s, key) == nil && q.s.AdditionalProperties != nil && q.s.AdditionalProperties.Never
	})
}

func propertyOf(s *schema.Schema, key string) *schema.Schema {
	for i := range s.Properties {
		if s.Properties[i].Key == key {
			return s.Properties[i].Schema
		}
	}
	return nil
}

func (o *objectLowering) required() (keys []string) {
	for _, p := range o.view.parts {
		for _, key := range p.s.Required {
			if p.left["required"] && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// addConditional adds the properties that only alternatives declare. What is
// declared without a word about it is taken from them too.
func (o *objectLowering) addConditional(list []property) []property {
	closed := len(o.beside) > 0
	for _, c := range o.conditional(o.view) {
		i := slices.IndexFunc(list, func(p property) bool { return p.key == c.key })
		switch {
		case i >= 0 && saysNothingAtAll(list[i].schemas):
			c.at = list[i].at
			list[i] = c
		case i < 0 && !closed && !o.matchedByPattern(c.key):
			list = append(list, c)
		}
	}
	return list
}

func saysNothingAtAll(list []*schema.Schema) bool {
	return !slices.ContainsFunc(list, func(s *schema.Schema) bool { return saysAnything(same(s)) })
}

func (o *objectLowering) matchedByPattern(key string) bool { return len(o.matching(key)) > 0 }

// matching are the schemas of the patterns that a name matches.
func (o *objectLowering) matching(key string) (list []*schema.Schema) {
	for _, p := range o.view.parts {
		for _, q := range p.s.PatternProperties {
			if validate.PatternMatches(q.Pattern, key) {
				list = append(list, q.Schema)
			}
		}
	}
	return list
}

// requiredOnly are the properties that are required and not declared: they are
// there, and what undeclared properties may be they may be.
func (o *objectLowering) requiredOnly(list []property, required []string) (more []property) {
	beside := o.beside
	for _, key := range required {
		if slices.ContainsFunc(list, func(p property) bool { return p.key == key }) {
			continue
		}
		at := o.requiredAt(key)
		switch {
		case o.matchedByPattern(key):
			o.st.Required = append(o.st.Required, key)
		case slices.ContainsFunc(beside, func(s *schema.Schema) bool { return s.Never }):
			o.diags.Warnf(at, "undeclared-required", "declare it under properties",
				"%q is required, and additionalProperties does not allow it, so that nothing is valid", key)
			o.st.Required = append(o.st.Required, key)
		case len(beside) > 0 && o.exact:
			more = append(more, property{key: key, at: at, schemas: []*schema.Schema{o.all(beside)}})
		default:
			more = append(more, property{key: key, at: at})
		}
	}
	return more
}

func (o *objectLowering) requiredAt(key string) schema.Place {
	for _, p := range o.view.parts {
		if slices.Contains(p.s.Required, key) {
			return p.s.Keyword("required")
		}
	}
	return o.view.s.At
}

// field is the field of a property.
func (o *objectLowering) field(p *property, name string, required bool) *ir.Field {
	f := &ir.Field{Key: p.key, Name: name, At: p.at, Required: required}
	if len(p.schemas) == 0 {
		f.Type, f.Kept = &ir.Any{Why: "it is required, and nothing says of what type it is"}, true
		f.Doc = fieldRules(nil, f)
		return f
	}
	s := o.propertySchema(p)
	f.Env, f.Deprecated = s.Env, s.Deprecated
	if target := same(s); s.Env == "" {
		f.Env = target.Env
	}
	for _, said := range p.schemas {
		f.Restart = o.isRestart(said) || f.Restart
	}
	t, loose := o.fieldType(s, o.at.in(name))
	if slices.ContainsFunc(o.matching(p.key), isSecretSomehow) {
		t = markSecret(t)
	}
	f.Loose = loose || p.conditional && !p.covered
	if loose && !p.conditional && !o.dynamic {
		f.Rule = o.ruleOf(s)
	}
	o.presence(f, s, t, p.conditional)
	f.Kept = isLossy(f.Type, 0)
	var notes []string
	switch {
	case p.conditional && defaultOf(s) != nil:
		notes = append(notes, "declared by some alternatives only, so that its default is not applied")
	case f.Loose && p.conditional:
		notes = append(notes, "declared by some alternatives only")
	case f.Loose:
		notes = append(notes, "not set where the value is of another type")
	}
	f.Doc = o.fieldDoc(s, f, notes...)
	o.constant(f, t)
	return f
}

// fieldType is the type of s as a field. A schema that names no type and speaks of
// values of one type gets that one, because a struct has a place to keep a value
// of another type; loose reports that.
func (l *lowerer) fieldType(s *schema.Schema, at scope) (t ir.Type, loose bool) {
	v := l.view(same(s))
	k := l.speaks(v)
	if l.kindsOfView(v) != anyKind || !(k &^ kindNull).isOne() || k&kindObject != 0 && !l.isMap(v) {
		return l.typeOf(s, at), false
	}
	if k&kindNumber != 0 {
		k |= kindNumber
	}
	return l.markList(s, l.mark(s, l.typeOfView(l.narrow(v, k), l.refScope(v.s, at)))), true
}

// constant gives a field with a single value a constant beside the struct.
func (o *objectLowering) constant(f *ir.Field, t ir.Type) {
	scalar, ok := bare(t).(*ir.Scalar)
	if !ok {
		return
	}
	values := slices.Concat(scalar.Enum, scalar.Text.Enum)
	if len(values) != 1 {
		return
	}
	if n, _ := document.ParseValue("", values[0], document.Limits{}); n != nil {
		o.st.Consts = append(o.st.Consts, ir.Const{Name: f.Name, Value: valueOf(n)})
	}
}

// presence decides how a field says that its property is absent.
func (l *lowerer) presence(f *ir.Field, s *schema.Schema, t ir.Type, conditional bool) {
	f.Type = t
	if given := defaultOf(s); given != nil && !conditional { // a default of an alternative holds in that one only
		if !holds(t, given, 0) {
			l.diags.Warnf(f.At, "bad-default", "", "the Go type cannot hold the default %s, which is not applied", oneLine(string(given.AppendJSON(nil))))
		} else if l.accepts(s, given) {
			f.Default = string(given.AppendJSON(nil))
		} else {
			l.diags.Warnf(f.At, "bad-default", "", "the default breaks what else is said of the property and is not applied")
		}
	}
	if !f.Loose && (f.Required || f.Default != "") || isAbsentable(t) {
		return
	}
	if r, ok := t.(*ir.Ref); ok && !f.Loose && r.Decl.Struct != nil && !r.Back && fills(r.Decl) && hasDefaults(r.Decl) {
		f.Filled = true
		return
	}
	f.Type = &ir.Optional{Elem: t, Nullable: isUntyped(t) && l.accepts(s, null)} // of any, null is one value
}

// isAbsentable reports whether a value of type t can itself say that it is
// absent: nil does.
func isAbsentable(t ir.Type) bool {
	switch t := t.(type) {
	case *ir.List, *ir.Map, *ir.Optional:
		return true
	case *ir.Checked:
		return isAbsentable(t.Elem)
	case *ir.Ref:
		switch d := t.Decl; {
		case d.Named != nil:
			return isAbsentable(d.Named)
		case d.Alias != nil:
			return isAbsentable(d.Alias)
		default:
			return d.Union != nil || d.Nilable
		}
	}
	return false
}

// fills reports whether an empty object, completed by defaults, is valid.
func fills(d *ir.Decl) bool {
	return d.Rule == 0 && d.Struct.Length.Min == 0 && len(d.Struct.Required) == 0 &&
		!slices.ContainsFunc(d.Struct.Fields, func(f *ir.Field) bool { return f.Required })
}

// hasDefaults reports whether an absent object is more than an empty one.
func hasDefaults(d *ir.Decl) bool {
	return slices.ContainsFunc(d.Struct.Fields, func(f *ir.Field) bool { return f.Default != "" || f.Filled })
}

// fieldNames are the names of the fields of list. Properties that would share one
// are spelled out, all of them, so that their order makes no difference; x-go-name
// always wins.
func (o *objectLowering) fieldNames(list []property) []string {
	names := make([]string, len(list))
	count := map[string]int{}
	for i, p := range list {
		names[i] = fieldName(goName(p.key))
		if own := o.ownName(&p); own != "" {
			names[i] = own
		}
		count[names[i]]++
	}
	plain := slices.Clone(names)
	again := map[string]int{}
	for i, p := range list {
		if count[plain[i]] > 1 && o.ownName(&p) == "" {
			names[i] = fieldName(exported(spelled(p.key), p.key))
		}
		again[names[i]]++
	}
	for i, p := range list {
		if again[names[i]] > 1 && o.ownName(&p) == "" {
			names[i] += hashed(p.key)
		}
		if names[i] == plain[i] {
			continue
		}
		o.diags.Warnf(p.at, "go-name-clash", "x-go-name names it otherwise", "%s would be the field %s like another property and becomes %s",
			strconv.Quote(oneLine(p.key)), plain[i], names[i])
	}
	return names
}

// ownName is the name that x-go-name sets.
func (o *objectLowering) ownName(p *property) string {
	for _, s := range p.schemas {
		if s.GoName != "" {
			o.checkGoName(s)
			return fieldName(s.GoName)
		}
	}
	return ""
}

// nameFields names the methods of bindings, and refuses two fields of one name.
func (l *lowerer) nameFields(d *ir.Decl, fields []*ir.Field) {
	seen := map[string]*ir.Field{}
	methods := map[string]bool{}
	for _, f := range fields {
		for f.Entries && seen[f.Name] != nil {
			f.Name += "Entries"
		}
		if prev := seen[f.Name]; prev != nil {
			l.diags.Errorf(f.At, "go-name-clash", "set another x-go-name on one of them",
				"%s and %s (line %d) both become the field %s", spelling(f), spelling(prev), prev.At.Pos.Line, f.Name)
		}
		seen[f.Name] = f
	}
	for _, f := range fields {
		for f.Method = methodName(f.Name, l.isRoot(d)); methods[f.Method] || f.Method != f.Name && seen[f.Method] != nil; {
			f.Method += "Field"
		}
		methods[f.Method] = true
	}
}

func (l *lowerer) isRoot(d *ir.Decl) bool {
	c := l.claims[d]
	return c.fixed && len(c.parts) == 1 && c.parts[0] == l.rootName
}

// spelling is a field as its author knows it.
func spelling(f *ir.Field) string {
	if f.Entries {
		return f.At.Pointer
	}
	return strconv.Quote(f.Key)
}

// conditional lists the properties that the alternatives of v declare, and those
// of schemas that hold on a condition.
func (l *lowerer) conditional(v *view) (list []property) {
	for _, p := range v.parts {
		for _, g := range p.groups() {
			list = l.addBranches(list, g.branches, v.only)
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
				list = addProperties(list, l.propertiesOf(s, v.only), false)
			}
		}
	}
	return list
}

// addBranches adds what the branches of a group declare.
func (l *lowerer) addBranches(list []property, branches []*schema.Schema, only kinds) []property {
	count := map[string]int{}
	possible := 0
	var found []property
	for _, b := range branches {
		if l.kindsOf(b)&only&kindObject == 0 {
			continue
		}
		possible++
		for key := range l.declaredBy(b) {
			count[key]++
		}
		found = addProperties(found, l.propertiesOf(b, only), false)
	}
	for i := range found {
		found[i].covered = count[found[i].key] == possible
	}
	return addProperties(list, found, true)
}

// declaredBy are the keys that s declares on no condition.
func (l *lowerer) declaredBy(s *schema.Schema) map[string]bool { return l.view(s).declared() }

func (v *view) declared() map[string]bool {
	keys := map[string]bool{}
	for _, p := range v.parts {
		for _, own := range p.s.Properties {
			keys[own.Key] = true
		}
	}
	return keys
}

// propertiesOf are all properties that s declares, on whatever condition.
func (l *lowerer) propertiesOf(s *schema.Schema, only kinds) (list []property) {
	if l.gathering[s] {
		return nil
	}
	l.gathering[s] = true
	defer delete(l.gathering, s)
	v := l.view(s)
	v.only &= only
	for _, p := range v.parts {
		for _, own := range p.s.Properties {
			if !own.Schema.Never {
				list = addProperties(list, []property{{key: own.Key, at: own.At, schemas: []*schema.Schema{own.Schema}, conditional: true}}, false)
			}
		}
	}
	return addProperties(list, l.conditional(v), false)
}

// addProperties merges more into list. What is covered by one group stays so only
// where nothing else declares it.
func addProperties(list, more []property, keepCovered bool) []property {
	for _, p := range more {
		i := slices.IndexFunc(list, func(q property) bool { return q.key == p.key })
		if i < 0 {
			p.covered = p.covered && keepCovered
			list = append(list, p)
			continue
		}
		list[i].covered = false
		for _, s := range p.schemas {
			if !slices.ContainsFunc(list[i].schemas, func(t *schema.Schema) bool { return same(t) == same(s) }) {
				list[i].schemas = append(slices.Clone(list[i].schemas), s)
			}
		}
	}
	return list
}
