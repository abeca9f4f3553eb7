package generator_test

import (
	"fmt"

	"github.com/hotbind/hotbind/generator"
)

// Generate does not write to the disk: the caller writes the files.
func ExampleGenerate() {
	files, err := generator.Generate(generator.Options{
		Name:   "config.schema.yaml",
		Schema: []byte("{type: object, properties: {port: {type: integer, default: 80}}}"),
	})
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		fmt.Println(f.Name)
	}
	_, err = generator.Generate(generator.Options{Name: "config.schema.yaml", Schema: []byte("{type: objekt}")})
	fmt.Println(err)
	// Output:
	// types.gen.go
	// parse.gen.go
	// bindings.gen.go
	// tables.gen.go
	// schema.gen.go
	// config.schema.yaml:1:2: #/type: "objekt" is not one of array, boolean, integer, null, number, object, string (did you mean object?)
}
