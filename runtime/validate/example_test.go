package validate_test

import (
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/validate"
)

// A schema validates documents without generated code.
func ExampleLoad() {
	schema, findings := validate.Load("schema.yaml", []byte("{properties: {port: {type: integer, maximum: 65535}}}"), nil)
	if schema == nil {
		panic(findings)
	}
	doc, findings := document.Parse("app.yaml", []byte("port: 99999"), document.Limits{})
	if len(findings) == 0 {
		findings = schema.Validate(doc)
	}
	fmt.Println(findings)
	// Output: app.yaml:1:7: port: 99999 is more than the maximum 65535
}
