package generator_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBindingNames: the binding of a map or a keyed list has a type named after its
// field. Fields of one name share it if their types are the same. Otherwise, or if a type
// has that name, the name of the struct is the prefix.
func TestBindingNames(t *testing.T) {
	t.Parallel()
	files, refused := generate(t, `{"properties": {
		"labels": {"$ref": "#/$defs/labels"},
		"tenants": {"type": "object", "additionalProperties": {"type": "object", "properties": {"labels": {"$ref": "#/$defs/labels"}, "limits": {"type": "object", "additionalProperties": {"type": "integer"}}}}},
		"limits": {"type": "object", "additionalProperties": {"type": "number"}},
		"quotas": {"type": "object", "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer"}}},
		"servers": {"type": "array", "x-key": "name", "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}},
		"zone": {"type": "object", "additionalProperties": {"type": "string"}},
		"tree": {"$ref": "#/$defs/tree"}, "binding": {"type": "string"}, "place": {"type": "string"}},
		"$defs": {"labels": {"type": "object", "additionalProperties": {"type": "string"}}, "zone_binding": {"type": "object", "properties": {"x": {}}},
			"tree": {"type": "object", "additionalProperties": {"$ref": "#/$defs/tree"}}}}`)
	if refused != "" {
		t.Fatal(refused)
	}
	got := signatures(t, files[2].Content, func(owner, method string) bool { return method != "OnEntry" && method != "FollowEntries" })
	want := []string{
		"ConfigLimitsBinding.Key(key string) *genrt.Binding[float64]",
		"ConfigZoneBinding.Key(key string) *genrt.Binding[string]",
		"LabelsBinding.Key(key string) *genrt.Binding[string]",
		"Live.Binding() *genrt.Binding[string]",
		"Live.Labels() *LabelsBinding",
		"Live.Limits() *ConfigLimitsBinding",
		"Live.Place() *genrt.Binding[string]",
		"Live.Quotas() *QuotasBinding",
		"Live.Servers() *ServersBinding",
		"Live.Tenants() *TenantsBinding",
		"Live.Tree() *genrt.Binding[Tree]",
		"Live.Zone() *ConfigZoneBinding",
		"QuotasBinding.Key(key string) *QuotasEntryBinding",
		"QuotasEntryBinding.Key(key string) *genrt.Binding[int]",
		"ServerBinding.Name() *genrt.Binding[string]",
		"ServersBinding.Key(key string) *ServerBinding",
		"TenantBinding.Labels() *LabelsBinding",
		"TenantBinding.Limits() *TenantLimitsBinding",
		"TenantLimitsBinding.Key(key string) *genrt.Binding[int]",
		"TenantsBinding.Key(key string) *TenantBinding",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-) got (+):\n%s", diff)
	}
}

// signatures returns the exported methods of a file without those of the whole
// configuration.
func signatures(t *testing.T, source []byte, wanted func(owner, method string) bool) (list []string) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "bindings.gen.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv == nil {
			continue
		}
		owner := fn.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name
		if owner == "Live" && slices.Contains([]string{"Current", "OnChange", "Follow", "Prepare", "AddValidator", "OnReloadError", "OnRollback", "Manager", "Close"}, fn.Name.Name) || !wanted(owner, fn.Name.Name) {
			continue
		}
		var b bytes.Buffer
		if err := printer.Fprint(&b, fset, fn.Type); err != nil {
			t.Fatal(err)
		}
		list = append(list, owner+"."+fn.Name.Name+strings.TrimPrefix(b.String(), "func"))
	}
	slices.Sort(list)
	return list
}
