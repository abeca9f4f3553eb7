package lower

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/generator/internal/ir"
	"github.com/hotbind/hotbind/internal/shape"
)

// A claim is a declaration that requests a name. parts are the names of what encloses
// it and its own, outermost first. It gets its own name if that is unique, otherwise
// one with one more part, and so on. Names set by x-go-name and the root's always win,
// then names of definitions, then those of definitions inside others or in other files.
// Among the rest the shorter name wins. Declarations with equal rank all get longer
// names, so their order does not matter.
type claim struct {
	decl    *ir.Decl
	parts   scope
	level   int // parts used beyond the last
	fixed   bool
	defined bool
}

func (c *claim) name() string {
	from := max(0, len(c.parts)-1-c.level)
	name := strings.Join(c.parts[from:], "")
	if c.level >= len(c.parts) {
		name += "Def"
	}
	if c.level > len(c.parts) {
		name += hashed(c.decl.Schema.At.Pos.File + c.decl.Schema.At.Pointer + strings.Join(c.parts, "."))
	}
	return name
}

// lengthen switches to the next longer name and reports whether there is one. The last
// one is a hash of the place, which is unique.
func (c *claim) lengthen() bool {
	if c.fixed || c.level > len(c.parts) {
		return false
	}
	c.level++
	return true
}

// PackageNames are the names reserved in a generated package beside its root: what it
// declares or will declare. A package without Live reserves them too, so that its types
// have the same names. TBinding and NewT are reserved for every type T.
var PackageNames = []string{
	"Live", "Open", "Parse", "Load", "New", "Validate", "Reveal", "Schema",
	"Diff", "ChangeIn", "Set", "Unset", "WithValidator",
}

func (l *lowerer) settle(p *ir.Package) {
	for l.settleRound(p) {
	}
	taken := map[string]bool{}
	for _, name := range PackageNames {
		taken[name] = true
	}
	for _, d := range p.Decls {
		taken[d.Name], taken["New"+d.Name] = true, true
		if d.Struct != nil || ir.EntryOf(&shape.Ref{Decl: d.Decl}) != nil && d.Alias == nil {
			taken[d.Name+"Binding"] = true
		}
	}
	settleBindings(p, taken)
	for _, d := range p.Decls {
		d.Doc = l.declDoc(d)
	}
	l.settleConstants(p, taken)
}

// settleRound gives every declaration its current name and moves on those that request
// the same. It reports whether anything changed.
func (l *lowerer) settleRound(p *ir.Package) (again bool) {
	wanted := map[string][]*claim{}
	for _, d := range p.Decls {
		c := l.claims[d]
		d.Name = c.name()
		wanted[d.Name] = append(wanted[d.Name], c)
	}
	var losers []*claim // those that lose at once do not count as rivals with longer names
	for _, d := range p.Decls {
		c := l.claims[d]
		reserved := slices.Contains(PackageNames, d.Name)
		if owner, ok := strings.CutSuffix(d.Name, "Binding"); ok && len(wanted[owner]) > 0 {
			reserved = true
		}
		if made, ok := strings.CutPrefix(d.Name, "New"); ok && len(wanted[made]) > 0 {
			reserved = true
		}
		rivals := wanted[d.Name]
		if reserved || len(rivals) > 1 && !c.wins(rivals) {
			losers = append(losers, c)
		}
	}
	for _, c := range losers {
		if c.lengthen() {
			again = true
			continue
		}
		l.refuseName(c, wanted[c.decl.Name])
	}
	return again && !l.Failed()
}

// wins reports whether c keeps the name that rivals request too.
func (c *claim) wins(rivals []*claim) bool {
	for _, r := range rivals {
		switch {
		case r == c || r.rank() < c.rank():
		case r.rank() > c.rank(), r.level < c.level, r.level == c.level && !c.before(r):
			return false
		}
	}
	return true
}

// before reports whether c keeps a name that r requests too, if their longer names are
// equal as well: its pointer is shorter, or comes first in the alphabet.
func (c *claim) before(r *claim) bool {
	a, b := c.decl.Schema.At, r.decl.Schema.At
	return slices.Equal(c.parts, r.parts) && cmp.Or(len(a.Pointer)-len(b.Pointer), strings.Compare(a.Pointer, b.Pointer), strings.Compare(a.Pos.File, b.Pos.File)) < 0
}

func (c *claim) rank() int {
	switch {
	case c.fixed:
		return 3
	case c.defined && len(c.parts) == 1:
		return 2
	case c.defined:
		return 1
	}
	return 0
}

func (l *lowerer) refuseName(c *claim, rivals []*claim) {
	if len(rivals) < 2 {
		l.Errorf(c.decl.Schema.At, "go-name-clash", "choose another x-go-name", "the name %s is reserved in generated packages", c.decl.Name)
		return
	}
	for _, r := range rivals {
		if r == c || !r.wins(rivals) {
			continue
		}
		first, second := r.decl.Schema.At, c.decl.Schema.At
		if second.Pos.Before(first.Pos) {
			first, second = second, first
		}
		l.Errorf(second, "go-name-clash", "set x-go-name on one of them", "this and %s (line %d) both get the type name %s", first.Pointer, first.Pos.Line, c.decl.Name)
		return
	}
	l.Errorf(c.decl.Schema.At, "go-name-clash", "set x-go-name on it", "another type also gets the name %s", c.decl.Name)
}

func (l *lowerer) branchNames(u *shape.Union) string {
	names := make([]string, len(u.Branches))
	for i, b := range u.Branches {
		names[i] = "[" + l.p.Decl(b.Decl).Name + "]"
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " or " + names[last]
	}
	return strings.Join(names, "")
}

// A constant is a constant that needs a name.
type constant struct {
	c     *ir.Const
	owner *ir.Decl
	name  string
}

// settleConstants names all constants. Values of an enum with the same name are spelled
// out. A constant that collides with anything else gets the suffix Value, and if that
// is not enough a number derived from the value.
func (l *lowerer) settleConstants(p *ir.Package, taken map[string]bool) {
	var all []constant
	for _, d := range p.Decls {
		all = append(all, constantsOf(d)...)
	}
	for round := range 3 {
		count := map[string]int{}
		for _, c := range all {
			count[c.name]++
		}
		for i := range all {
			switch c := &all[i]; {
			case !taken[c.name] && count[c.name] == 1:
			case round < 2:
				c.name += "Value"
			default:
				c.name += hashed(c.owner.Schema.At.Pointer + "=" + c.c.Value.Text)
			}
		}
	}
	for _, c := range all {
		c.c.Name = c.name
	}
}

// constantsOf returns the constants of d with their preferred names.
func constantsOf(d *ir.Decl) (list []constant) {
	count := map[string]int{}
	for _, c := range d.Consts {
		count[valueName(c.Value)]++
	}
	for i := range d.Consts {
		c := &d.Consts[i]
		name := c.Name // the name of its field
		if d.Enum != nil {
			if name = valueName(c.Value); count[name] > 1 {
				name = spelled(c.Value.Text)
			}
		}
		list = append(list, constant{c, d, d.Name + name})
	}
	return list
}

// valueName returns the name of a value of an enum, to follow the name of its type.
func valueName(v shape.Value) string {
	if v.IsString {
		name := goName(v.Text)
		if strings.HasPrefix(name, "X") && !strings.HasPrefix(v.Text, "X") && !strings.HasPrefix(v.Text, "x") {
			return name[1:] // the name of the type makes it exported
		}
		return name
	}
	return strings.NewReplacer("-", "Minus", ".", "Dot", "+", "").Replace(v.Text)
}

// ValueMethods are the methods of every generated struct. A field cannot have their
// names.
var ValueMethods = []string{"Equal", "Clone", "Diff", "String", "MarshalJSON", "MarshalYAML", "UnmarshalJSON", "UnmarshalYAML"}

func fieldName(name string) string {
	if slices.Contains(ValueMethods, name) {
		return name + "Field"
	}
	return name
}

// BindingMethods are the methods of bindings and Live, and LiveMethods those that only
// Live has. The method of a field cannot have their names.
var (
	BindingMethods = []string{"OnChange", "Follow", "Prepare", "Get", "Key", "OnEntry", "FollowEntries"}
	LiveMethods    = []string{"Current", "AddValidator", "OnReloadError", "OnRollback", "Manager", "Close"}
)

func methodName(name string, root bool) string {
	if slices.Contains(BindingMethods, name) || root && slices.Contains(LiveMethods, name) {
		return name + "Field"
	}
	return name
}
