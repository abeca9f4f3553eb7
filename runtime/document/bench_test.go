package document_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/hotbind/hotbind/runtime/document"
)

// megabyte returns a configuration of about 1 MB, as YAML and as JSON.
func megabyte() (yaml, json []byte) {
	var y, j bytes.Buffer
	j.WriteString("{\n")
	for i := 0; y.Len() < 1<<20; i++ {
		fmt.Fprintf(&y, "service-%d: # number %d\n  host: host-%d.example.com\n  port: %d\n  enabled: true\n  weights: [0.25, 0.5, %d]\n  labels:\n    team: \"a b\"\n    tier: gold\n", i, i, i, 1000+i%9000, i)
		if i > 0 {
			j.WriteString(",\n")
		}
		fmt.Fprintf(&j, "  \"service-%d\": {\n    \"host\": \"host-%d.example.com\",\n    \"port\": %d,\n    \"enabled\": true,\n    \"weights\": [0.25, 0.5, %d],\n    \"labels\": {\"team\": \"a b\", \"tier\": \"gold\"}\n  }", i, i, 1000+i%9000, i)
	}
	j.WriteString("\n}\n")
	return y.Bytes(), j.Bytes()
}

func BenchmarkParse(b *testing.B) {
	yaml, json := megabyte()
	for name, data := range map[string][]byte{"c.yaml": yaml, "c.json": json} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if node, findings := document.Parse(name, data, document.Limits{}); node == nil {
					b.Fatal(findings)
				}
			}
		})
	}
}

func BenchmarkEqual(b *testing.B) {
	yaml, json := megabyte()
	x, _ := document.Parse("c.yaml", yaml, document.Limits{})
	y, _ := document.Parse("c.json", json, document.Limits{})
	for b.Loop() {
		if !document.Equal(x, y) {
			b.Fatal("the two formats have different values")
		}
	}
}
