package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hotbind/hotbind/runtime/audit"
	"github.com/hotbind/hotbind/testdata/compile/service"

	rt "github.com/hotbind/hotbind/runtime"
)

// A decision that cannot be recorded is refused, or carried out and reported, depending
// on the policy. A refusal and the end of following cannot be refused. Every decision is
// recorded, and the chain is intact.
func TestF131_AuditPolicy(t *testing.T) {
	t.Parallel()
	for _, policy := range []audit.Policy{audit.Refuse, audit.Continue} {
		log := filepath.Join(t.TempDir(), "audit.jsonl")
		f, source := inMemory(t, audit.File(log, policy), rt.WithHotReload(true))
		m := f.Manager()
		must(t, os.Rename(log, log+".1"))
		must(t, os.Mkdir(log, 0o700)) // no file can be created there
		source.set(config(2))
		failures := map[string]error{"Refresh": reloadError(t.Context(), m)}
		_, failures["Update"] = m.Update(t.Context(), rt.Set("workers", 5))
		_, failures["Create"] = m.Revisions().Create(t.Context())
		_, failures["Prune"] = m.Revisions().Prune(rt.Retention{})
		m.Watching().Disable()
		failures["Enable"] = m.Watching().Enable()
		for what, err := range failures {
			if refused := err != nil; refused != (policy == audit.Refuse) || refused && !strings.Contains(err.Error(), " cannot be recorded in the audit log: ") {
				t.Errorf("%v: %s: got %v", policy, what, err)
			}
		}
		if got := f.Current().Left; (got == 1) != (policy == audit.Refuse) || m.Status().AuditError == nil || m.Watching().Enabled() != (policy == audit.Continue) {
			t.Errorf("%v: got %d, %v", policy, got, m.Status().AuditError)
		}
		must(t, os.Remove(log))
		must(t, m.Watching().Enable())
		must(t, reloadError(t.Context(), m))
		_, err := m.Update(t.Context(), rt.Set("workers", 6))
		must(t, err)
		if err := m.Status().AuditError; err != nil || f.Current().Left != 2 || f.Current().Workers != 6 {
			t.Errorf("%v: got %v, %+v", policy, err, f.Current())
		}
		must(t, f.Close())
		result, err := audit.Verify(log+".1", log)
		if err != nil || len(result.Findings) > 0 {
			t.Errorf("%v: got %v, %v", policy, result.Findings, err)
		}
	}
	_, err := service.Open(t.Context(), rt.From(&memory{text: config(1)}), audit.File(t.TempDir(), audit.Refuse), quiet())
	if err == nil || !strings.Contains(err.Error(), "is a folder, not a regular file") {
		t.Errorf("got %v", err)
	}
}

// Each decision has a line with the actor, the reason, the changes, and the revisions in
// force before and after.
func TestAuditLines(t *testing.T) {
	t.Parallel()
	log, store := filepath.Join(t.TempDir(), "audit.jsonl"), filepath.Join(t.TempDir(), "store")
	path := file(t, config(1))
	live := mustOpen(t, path, store, audit.File(log, audit.Refuse), rt.WithHotReload(true), rt.WithStrategy(rt.Manual()))
	m := live.Manager()
	ctx := rt.ContextWithMetadata(t.Context(), map[string]string{"actor": "alice", "ticket": "7"})
	replace(t, path, config(2))
	_, err := m.Reload(ctx)
	must(t, err)
	_, err = m.Update(ctx, rt.Set("database.password", "hunter22"))
	must(t, err)
	_, err = m.Update(ctx, rt.Set("workers", 500))
	if err == nil {
		t.Error("it was accepted")
	}
	stop := live.Workers().OnChange(func(context.Context, rt.Change[int]) error { return errors.New("not today") })
	_, err = m.Update(ctx, rt.Set("workers", 5))
	if err == nil {
		t.Error("it was accepted")
	}
	stop()
	_, err = m.Rollback(ctx, rt.To(1))
	must(t, err)
	_, err = m.Revisions().Restore(ctx, 1)
	must(t, err)
	_, err = m.Revisions().Create(ctx)
	must(t, err)
	_, err = m.Revisions().Prune(rt.Retention{Count: 2})
	must(t, err)
	m.Watching().Disable()
	must(t, m.Watching().Enable())
	must(t, live.Close())
	var got []string
	text, err := os.ReadFile(log)
	must(t, err)
	for line := range strings.Lines(string(text)) {
		var r rt.AuditRecord
		must(t, json.Unmarshal([]byte(line), &r))
		summary := string(r.Decision) + " " + string(r.Cause) + " " + r.Actor
		for _, c := range r.Changes {
			text, err := json.Marshal([]any{c.Path, c.Old, c.New})
			must(t, err)
			summary += " " + string(text)
		}
		if r.Error != "" {
			summary += " error"
		}
		got = append(got, strings.Join(strings.Fields(summary), " "))
	}
	want := []string{
		`start file_change`,
		`reload manual alice ["left",1,2] ["right",1,2]`,
		`update api_update alice ["database.password",null,"[secret]"]`,
		`refusal api_update alice error`,
		`update api_update alice ["workers",4,5]`,
		`refusal api_update alice ["workers",4,5] error`,
		`rollback rollback alice ["left",2,1] ["right",2,1] ["database.password","[secret]",null]`,
		`restore alice`,
		`create manual alice`,
		`prune`,
		`disable`,
		`enable`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
