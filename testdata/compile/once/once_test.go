package once_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/testdata/compile/once"
)

// The tests of this file hold a package without Live to what it keeps of the
// contract: reading, and what the values can do.

const text = "name: nightly\npassword: hidden-word\nsteps: [{name: dump, after: [{name: stop}]}]\noutput: {path: /tmp/out}\n"

func parse(t *testing.T, text string) *once.Config {
	t.Helper()
	c, err := once.Parse("job.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	c := parse(t, text)
	if c.Name != "nightly" || c.Retries != 3 || c.Password.Or(rt.Secret[string]{}).Reveal() != "hidden-word" {
		t.Errorf("got %+v", c)
	}
	if len(c.Steps) != 1 || c.Steps[0].Timeout != 10*time.Second || len(c.Steps[0].After) != 1 {
		t.Errorf("got the steps %v", c.Steps)
	}
	if file, ok := c.Output.(once.OutputFile); !ok || file.Path != "/tmp/out" {
		t.Errorf("got the output %#v", c.Output)
	}
	_, err := once.Parse("job.yaml", []byte("name: x\nretries: 10\n"))
	var invalid *rt.ValidationError
	if !errors.As(err, &invalid) || !strings.HasPrefix(err.Error(), "job.yaml:2:10: retries: ") {
		t.Errorf("got %v, want a finding about retries", err)
	}
}

// TestLoad: layers merge as they do where they are followed.
func TestLoad(t *testing.T) {
	t.Setenv("JOB_RETRIES", "5")
	c, err := once.Load(context.Background(),
		rt.From(rt.Bytes("a.yaml", []byte(text)), rt.Bytes("b.yaml", []byte("steps: [{name: dump, timeout: 1m}, {name: copy}]\n")), rt.Env("JOB")))
	if err != nil {
		t.Fatal(err)
	}
	if c.Retries != 5 || len(c.Steps) != 2 || c.Steps[0].Timeout != time.Minute || c.Steps[1].Name != "copy" {
		t.Errorf("got %v", c)
	}
}

func TestValues(t *testing.T) {
	a := parse(t, text)
	b := a.Clone()
	if !a.Equal(*b) || len(a.Diff(b).Changes) != 0 {
		t.Error("a copy is not equal")
	}
	b.Steps[0].After[0].Name = "pause"
	b.Limits = map[string]int{"cpu": 1}
	if a.Equal(*b) || a.Steps[0].After[0].Name != "stop" {
		t.Error("the copy is not independent")
	}
	d := a.Diff(b)
	if got := d.Changes.String(); !strings.Contains(got, "limits") || !strings.Contains(got, "steps") {
		t.Errorf("got the changes %s", got)
	}
	if changes := a.Steps[0].Diff(&b.Steps[0]); len(changes) != 1 {
		t.Errorf("got the changes %v of a step", changes)
	}
	written, err := json.Marshal(a)
	if err != nil || strings.Contains(string(written), "hidden-word") || !strings.Contains(string(written), `"retries":3`) {
		t.Errorf("got %s, %v", written, err)
	}
	var read once.Config
	if err := json.Unmarshal([]byte(`{"name": "x"}`), &read); err != nil || read.Retries != 3 {
		t.Errorf("got %v, %v", &read, err)
	}
	if !json.Valid(once.Schema()) {
		t.Error("Schema is no JSON")
	}
}
