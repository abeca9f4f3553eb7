package migrate

import (
	"fmt"
	"slices"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/internal/part"
)

// Migrate migrates doc from version from to the latest version. If a finding is an error,
// the result is nil. If doc already has the latest version, the result is doc itself;
// otherwise it is a new document that shares nothing with doc. Migrate does not modify
// doc. If doc contains a version, the result contains the latest one.
//
// Values from doc keep their positions, even if a step changed them. Values that a step
// sets have their positions in the migration file.
func (c *Chain) Migrate(doc *document.Node, from string) (migrated *document.Node, applied []part.Migrated, findings document.Findings) {
	if message := c.unknown(from); message != "" {
		return nil, nil, document.Findings{{Pos: doc.Pos(), Message: message}}
	}
	docs, applied, findings := c.migrate([]*document.Node{doc}, []string{from})
	if docs == nil {
		return nil, nil, findings
	}
	return docs[0], applied, findings
}

// MigrateAll is like [Chain.Migrate] for the documents of several layers, weakest first.
// Each document has the version that it contains. One without a version has that of the
// weakest document with one, or the oldest version if there is none. Nil documents and
// documents that are not objects stay as they are.
//
// The steps set and default add values only to the weakest document: in a stronger one
// they would hide the values of weaker ones. They also add them to a map entry that no
// weaker document has.
func (c *Chain) MigrateAll(docs []*document.Node) (migrated []*document.Node, applied []part.Migrated, findings document.Findings) {
	versions := make([]string, len(docs))
	weakest := ""
	for i, doc := range docs {
		version, found, fs := c.Version(doc)
		findings = append(findings, fs...)
		if versions[i] = version; found && weakest == "" {
			weakest = version
		}
	}
	if len(findings.Errors()) > 0 {
		return nil, nil, findings
	}
	if weakest == "" {
		weakest = c.Oldest()
	}
	for i, version := range versions {
		if version == "" {
			versions[i] = weakest
		}
	}
	return c.migrate(docs, versions)
}

// migrate runs the migrations in order. Each step runs on all documents before the next
// step.
func (c *Chain) migrate(docs []*document.Node, versions []string) ([]*document.Node, []part.Migrated, document.Findings) {
	r := &run{docs: slices.Clone(docs), at: make([]int, len(docs))}
	for i, doc := range docs {
		r.at[i] = len(c.migrations)
		if doc == nil || doc.Kind() != document.Object {
			continue
		}
		if r.at[i] = max(slices.Index(c.versions, versions[i]), 0); r.at[i] < len(c.migrations) {
			r.docs[i] = document.Clone(doc)
		}
	}
	for k, m := range c.migrations {
		if !r.migration(k, m) {
			return nil, nil, r.findings
		}
		for i := range r.docs {
			if r.at[i] <= k && c.stated(r.docs[i]) != nil {
				r.docs[i] = c.Stamp(r.docs[i], m.To)
			}
		}
	}
	return r.docs, r.applied, r.findings
}

// A run is the migration of some documents.
type run struct {
	docs     []*document.Node // copies, once they are migrated
	at       []int            // the first migration that each needs
	budget   budget
	applied  []part.Migrated
	findings document.Findings
}

// migration applies migration k to all documents that need it and reports whether it
// succeeded.
func (r *run) migration(k int, m Migration) bool {
	changed := make([]int, len(r.docs))
	for _, st := range m.steps {
		for i := range r.docs {
			if r.at[i] > k {
				continue
			}
			s := newStage(&r.budget, m, st, r.docs[i], r.docs[:i])
			s.run()
			changed[i] += s.changed
			r.findings = append(r.findings, s.findings...)
		}
		if len(r.findings.Errors()) > 0 {
			return false
		}
	}
	for i, doc := range r.docs {
		if r.at[i] > k {
			continue
		}
		name := doc.Pos().File
		if m.function != nil {
			r.docs[i] = r.call(m, doc)
		}
		r.applied = append(r.applied, part.Migrated{Migration: m.Name(), From: m.From, To: m.To, Document: name, Changed: changed[i]})
	}
	return len(r.findings.Errors()) == 0
}

// call calls a migration in Go.
func (r *run) call(m Migration, doc *document.Node) (result *document.Node) {
	fail := func(message string) {
		r.findings = append(r.findings, document.Finding{Pos: doc.Pos(), Message: "migration " + m.Name() + " (in Go): " + message})
	}
	// After a panic the function's copy is in an unknown state and is dropped.
	defer func() {
		if p := recover(); p != nil {
			fail("panicked: " + shortened(fmt.Sprint(p)))
			result = nil
		}
	}()
	made, err := m.function(document.Clone(doc))
	switch {
	case err != nil:
		fail(shortened(err.Error()))
		return nil
	case made == nil:
		fail("returned no document")
		return nil
	}
	checked := &checker{pos: document.Position{File: doc.Pos().File}}
	result = checked.node(made, 0)
	if checked.fault != "" {
		fail("returned " + checked.fault)
		return nil
	}
	return result
}

// shortened returns the first line of a text, cut if it is too long.
func shortened(text string) string {
	const most = 200
	for i, c := range text {
		if c == '\n' || c == '\r' || i >= most {
			return text[:i] + "…"
		}
	}
	return text
}
