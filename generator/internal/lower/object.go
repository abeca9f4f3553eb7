package lower

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/hotbind/hotbind/generator/diag"
	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/generator/internal/schema"
)

// object is a map where the schema names no property, and a struct otherwise.
func (l *lowerer) object(s *schema.Schema, at scope, given *ir.Decl) ir.Type {
	if m := l.mapOf(s, at); m != nil {
		return m
	}
	d := given
	if d == nil {
		d = l.declare(s, at)
	}
	d.Struct = &ir.Struct{Length: count(s.MinProperties, s.MaxProperties), Keys: l.keys(s)}
	d.Doc = l.declDoc(s)
	var inner scope
	if c := l.claims[d]; c.fixed || c.defined {
		inner = scope{c.parts[len(c.parts)-1]}
	} else {
		inner = at
	}
	if s == l.root {
		inner = scope{l.rootName}
	}
	for _, p := range s.Properties {
		d.Struct.Fields = append(d.Struct.Fields, l.field(s, p, inner, d.Struct))
	}
	l.undeclaredRequired(s, inner, d.Struct)
	l.patterns(s, inner, d.Struct)
	l.undeclared(s, inner, d.Struct)
	for _, n := range s.Needs {
		d.Struct.Needs = append(d.Struct.Needs, ir.Need(n))
	}
	l.checkFieldNames(d)
	return nil
}

// mapOf is the map of an object whose keys are all alike; nil where there is
// more to it.
func (l *lowerer) mapOf(s *schema.Schema, at scope) ir.Type {
	if len(s.Properties) > 0 || len(s.Required) > 0 || len(s.Needs) > 0 {
		return nil
	}
	m := &ir.Map{Length: count(s.MinProperties, s.MaxProperties), Keys: l.keys(s)}
	additional := s.AdditionalProperties
	switch {
	case len(s.PatternProperties) == 0 && additional == nil:
		m.Elem = &ir.Any{Why: "the schema says nothing of the values"}
	case len(s.PatternProperties) == 0 && !additional.Never:
		m.Elem = l.typeOf(additional, itemScope(at))
	case len(s.PatternProperties) == 1 && additional != nil && additional.Never:
		l.checkPattern(s.PatternProperties[0].At, s.PatternProperties[0].Pattern)
		m.Patterns = []string{s.PatternProperties[0].Pattern}
		m.Elem = l.typeOf(s.PatternProperties[0].Schema, itemScope(at))
	default:
		return nil
	}
	return m
}

// keys is what propertyNames asks of the keys.
func (l *lowerer) keys(s *schema.Schema) *ir.Text {
	if s.PropertyNames == nil || s.PropertyNames.Always {
		return nil
	}
	names := target(s.PropertyNames)
	if s.PropertyNames.Ref != nil && !l.refuseBeside(s.PropertyNames, "$ref") {
		return nil
	}
	if len(names.Types) > 0 && !slices.Contains(names.Types, "string") || names.Never || len(names.OneOf)+len(names.AnyOf) > 0 || names.Const != nil {
		l.diags.Errorf(s.Keyword("propertyNames"), "unsupported-keyword", "", "propertyNames is read with type, enum, pattern, format and length only")
		return nil
	}
	t := l.textOf(names)
	if slices.Contains(goFormats, names.Format) {
		t.Format = names.Format
	}
	for _, v := range names.Enum {
		t.Enum = append(t.Enum, string(v.AppendJSON(nil)))
	}
	return &t
}

func (l *lowerer) field(s *schema.Schema, p schema.Property, at scope, st *ir.Struct) *ir.Field {
	name := goName(p.Key)
	if p.Schema.GoName != "" {
		name = p.Schema.GoName
		l.checkGoName(p.Schema)
	}
	f := &ir.Field{
		Key: p.Key, Name: fieldName(name), At: p.At, Env: p.Schema.Env,
		Required: slices.Contains(s.Required, p.Key), Deprecated: p.Schema.Deprecated,
	}
	f.Method = methodName(f.Name, s == l.root)
	t := l.typeOf(p.Schema, at.in(name))
	l.presence(f, p.Schema, t)
	f.Kept = isLossy(f.Type, 0)
	f.Doc = l.fieldDoc(p.Schema, f)
	if c := constOf(p.Schema); c != nil {
		if _, scalar := bare(t).(*ir.Scalar); scalar {
			st.Consts = append(st.Consts, ir.Const{Name: f.Name, Value: *c})
		}
	}
	return f
}

// presence decides how a field says that its property is absent.
func (l *lowerer) presence(f *ir.Field, s *schema.Schema, t ir.Type) {
	f.Type = t
	given := defaultOf(s)
	if given != nil {
		f.Default = string(given.AppendJSON(nil))
	}
	if f.Required || given != nil || saysAbsence(t) && !isOpenStruct(t, s) {
		return
	}
	if r, ok := t.(*ir.Ref); ok && r.Decl.Struct != nil {
		target := target(s)
		if !r.Back && fills(target) && hasDefaults(target, map[*schema.Schema]bool{}) {
			f.Filled = true
			return
		}
	}
	_, untyped := t.(*ir.Any) // which null is one value of
	f.Type = &ir.Optional{Elem: t, Nullable: untyped}
}

// saysAbsence reports whether a value of type t can itself say that it is
// absent: nil does.
func saysAbsence(t ir.Type) bool {
	switch t := t.(type) {
	case *ir.List, *ir.Map, *ir.Optional:
		return true
	case *ir.Ref:
		if t.Decl.Named != nil {
			return saysAbsence(t.Decl.Named)
		}
		if t.Decl.Alias != nil {
			return saysAbsence(t.Decl.Alias)
		}
		// A reference back to a type whose shape is not known yet is to a list,
		// a map or a union: structs and enums declare themselves at once. What
		// comes down to a struct by way of alternatives, isOpenStruct tells.
		return t.Decl.Union != nil || (t.Back && t.Decl.Struct == nil && t.Decl.Enum == nil)
	}
	return false
}

// isOpenStruct reports whether t refers back to a type whose shape is not known
// yet and which will come down to a struct: an alternative to null, say.
func isOpenStruct(t ir.Type, s *schema.Schema) bool {
	ref, ok := t.(*ir.Ref)
	if !ok || !ref.Back || ref.Decl.Struct != nil || ref.Decl.Named != nil {
		return false
	}
	for seen := map[*schema.Schema]bool{}; !seen[s]; {
		seen[s] = true
		s = target(s)
		branches := slices.DeleteFunc(slices.Concat(s.OneOf, s.AnyOf), onlyNull)
		if len(branches) != 1 {
			return len(s.Properties) > 0
		}
		s = branches[0]
	}
	return false
}

// target follows the references of s.
func target(s *schema.Schema) *schema.Schema {
	for s.Ref != nil {
		s = s.Ref
	}
	return s
}

// fills reports whether an empty object, completed by defaults, is a valid s.
func fills(s *schema.Schema) bool {
	s = target(s)
	return len(s.Required) == 0 && s.MinProperties.N == 0
}

// hasDefaults reports whether an absent s is more than an empty one: whether a
// default stands anywhere in what would be filled in.
func hasDefaults(s *schema.Schema, seen map[*schema.Schema]bool) bool {
	s = target(s)
	if seen[s] {
		return false
	}
	seen[s] = true
	for _, p := range s.Properties {
		if defaultOf(p.Schema) != nil {
			return true
		}
		inner := target(p.Schema)
		if fills(inner) && len(inner.Properties) > 0 && hasDefaults(inner, seen) {
			return true
		}
	}
	return false
}

// patterns gives each of patternProperties a map of its own.
func (l *lowerer) patterns(s *schema.Schema, at scope, st *ir.Struct) {
	for _, p := range s.PatternProperties {
		l.checkPattern(p.At, p.Pattern)
		name := p.Schema.GoName
		if name == "" {
			name = "Matching"
			if len(s.PatternProperties) > 1 {
				name += goName(p.Pattern)
			}
		}
		f := l.entriesField(name, p.Schema, at, p.At)
		f.Doc = append(l.fieldDoc(p.Schema, f), "Properties whose names match "+oneLine(p.Pattern)+".")
		st.Fields = append(st.Fields, f)
		st.Patterns = append(st.Patterns, ir.PatternField{Pattern: p.Pattern, Field: f})
	}
}

// undeclared decides what becomes of properties that nothing declares: refused,
// given a map, or kept without a field.
func (l *lowerer) undeclared(s *schema.Schema, at scope, st *ir.Struct) {
	a := s.AdditionalProperties
	switch {
	case a == nil:
		st.Keeps = true
	case a.Never:
		st.Closed = true
	default:
		st.Extra = l.entriesField("Extra", a, at, s.Keyword("additionalProperties"))
		st.Extra.Doc = append(l.fieldDoc(a, st.Extra), "Properties that are not declared.")
		st.Fields = append(st.Fields, st.Extra)
	}
	st.Keeps = st.Keeps || slices.ContainsFunc(st.Fields, func(f *ir.Field) bool { return f.Kept })
}

func (l *lowerer) entriesField(name string, s *schema.Schema, at scope, place diag.Place) *ir.Field {
	elem := l.typeOf(s, at.in(singular(name)))
	f := &ir.Field{Name: fieldName(name), At: place, Type: &ir.Map{Elem: elem}, Entries: true}
	f.Method = methodName(f.Name, false)
	return f
}

// undeclaredRequired makes fields of the properties that are required and not
// declared: they are there, and what undeclared properties may be they may be.
func (l *lowerer) undeclaredRequired(s *schema.Schema, at scope, st *ir.Struct) {
	for _, key := range s.Required {
		known := slices.ContainsFunc(st.Fields, func(f *ir.Field) bool { return f.Key == key })
		matched := slices.ContainsFunc(s.PatternProperties, func(p schema.Pattern) bool {
			re, err := regexp.Compile(p.Pattern)
			return err == nil && re.MatchString(key)
		})
		switch {
		case known:
		case matched:
			st.Required = append(st.Required, key)
		case s.AdditionalProperties != nil && s.AdditionalProperties.Never:
			l.diags.Errorf(s.Keyword("required"), "undeclared-required", "declare it under properties",
				"%q is required, and additionalProperties does not allow it", key)
		case s.AdditionalProperties != nil:
			place := s.Keyword("required")
			st.Fields = append(st.Fields, l.field(s, schema.Property{Key: key, At: place, Schema: s.AdditionalProperties}, at, st))
		default:
			f := &ir.Field{Key: key, Name: fieldName(goName(key)), At: s.Keyword("required"), Required: true, Kept: true,
				Type: &ir.Any{Why: "it is required, and nothing says of what type it is"}}
			f.Method = methodName(f.Name, s == l.root)
			f.Doc = constraintsDoc(s, f)
			st.Fields = append(st.Fields, f)
		}
	}
}

// spelling is a field as its author knows it.
func spelling(f *ir.Field) string {
	if f.Entries {
		return f.At.Pointer
	}
	return strconv.Quote(f.Key)
}

// checkFieldNames refuses two properties that become one field.
func (l *lowerer) checkFieldNames(d *ir.Decl) {
	seen := map[string]*ir.Field{}
	for _, f := range d.Struct.Fields {
		if prev := seen[f.Name]; prev != nil {
			l.diags.Errorf(f.At, "go-name-clash", "set x-go-name on one of them",
				"%s and %s (line %d) both become the field %s", spelling(f), spelling(prev), prev.At.Pos.Line, f.Name)
			continue
		}
		seen[f.Name] = f
	}
}
