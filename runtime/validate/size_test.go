package validate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hotbind/hotbind/runtime/validate"
)

// TestF053_Size: a large schema compiles in time, a huge one is refused.
func TestF053_Size(t *testing.T) {
	properties := func(n int) []byte {
		var b strings.Builder
		b.WriteString(`{"properties": {"p": {}`)
		for i := range n {
			fmt.Fprintf(&b, `, "p%d": {"type": "string"}`, i)
		}
		return []byte(b.String() + "}}")
	}
	begin := time.Now()
	if s, findings := validate.Load("s.json", properties(10_000), nil); s == nil {
		t.Errorf("10,000 properties: %v", findings)
	}
	if took := time.Since(begin); took > time.Minute { // 1 s on its own; the bound allows for slow machines
		t.Errorf("10,000 properties take %v", took)
	}
	begin = time.Now()
	_, findings := validate.Load("s.json", properties(100_000), nil)
	if want := "there are more than 20000 schemas in it"; !strings.Contains(findings.String(), want) {
		t.Errorf("100,000 properties: got %v, want %s", findings, want)
	}
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("100,000 properties take %v", took)
	}
}
