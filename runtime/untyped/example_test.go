package untyped_test

import (
	"context"
	"fmt"

	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

// A tool opens a configuration with only its schema, without generated code.
func ExampleOpen() {
	schema, findings := validate.Load("schema.yaml", []byte("{properties: {port: {type: integer, maximum: 65535, default: 80}}}"), nil)
	if schema == nil {
		panic(findings)
	}
	live, err := untyped.Open(context.Background(), schema, rt.From(rt.Bytes("app.yaml", []byte("port: 8080"))), rt.WithLogger(nil))
	if err != nil {
		panic(err)
	}
	defer live.Close()
	live.OnChange(func(_ context.Context, changes rt.Changes) error {
		fmt.Println(changes)
		return nil
	})
	_, err = live.Manager().Update(context.Background(), rt.Set("port", 9090))
	port, _, _ := live.Manager().Values().Get("port")
	fmt.Println(port, err)
	// Output:
	// port: 8080 → 9090
	// 9090 <nil>
}

func ExampleLoad() {
	schema, _ := validate.Load("schema.yaml", []byte("{properties: {port: {type: integer, default: 80}}}"), nil)
	cfg, err := untyped.Load(context.Background(), schema, rt.From(rt.Bytes("app.yaml", []byte("{}"))))
	if err != nil {
		panic(err)
	}
	text, _ := cfg.MarshalJSON()
	fmt.Println(string(text))
	// Output: {"port":80}
}
