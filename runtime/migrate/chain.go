package migrate

import (
	"errors"
	"io/fs"
	"os"
	slashpath "path"
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Chain holds the migrations of a program in order. It is immutable and safe for
// concurrent use. The zero Chain has no migrations and no versions, and returns
// documents unchanged.
type Chain struct {
	migrations []Migration
	at         path     // of the version in a document
	versions   []string // one more than there are migrations, or none
}

const defaultVersionAt = "version"

// Load reads the migration files in dir and combines them with functions into a
// chain. The files are *.yaml, *.yml and *.json, without those in subfolders and
// those whose names begin with a dot; one that is not a regular file is a finding.
// If dir is empty, the chain has only functions. If a finding is an error, the chain
// is nil. Findings name files by dir and file name.
func Load(dir string, functions ...Migration) (*Chain, document.Findings) {
	if dir == "" {
		return join(nil, functions, "", nil)
	}
	return LoadFS(os.DirFS(dir), dir, functions...)
}

// LoadFS is like [Load] for the files at the root of files, which may be embedded.
// Findings use dir as the name of the folder.
func LoadFS(files fs.FS, dir string, functions ...Migration) (*Chain, document.Findings) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, document.Findings{{Pos: document.Position{File: dir}, Message: "the folder with migrations cannot be read: " + reason(err)}}
	}
	var migrations []Migration
	var findings document.Findings
	versionAt, first := "", ""
	for _, e := range entries {
		if !isMigration(e) {
			continue
		}
		m, at, found := loadFile(files, e.Name(), slashpath.Join(dir, e.Name()))
		findings = append(findings, found...)
		if len(found.Errors()) > 0 {
			continue
		}
		migrations = append(migrations, m)
		if first == "" {
			versionAt, first = at, m.file
		} else if at != versionAt {
			findings = append(findings, document.Finding{Pos: m.pos, Path: "version_at", Message: "the version is at " + at + ", but at " + versionAt + " in " + first + "; all migrations must use the same place"})
		}
	}
	return join(migrations, functions, versionAt, findings)
}

func isMigration(e fs.DirEntry) bool {
	if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
		return false
	}
	switch strings.ToLower(slashpath.Ext(e.Name())) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

func loadFile(files fs.FS, file, name string) (m Migration, versionAt string, findings document.Findings) {
	refused := func(why string) (Migration, string, document.Findings) {
		return m, "", document.Findings{{Pos: document.Position{File: name}, Message: why}}
	}
	// Check before opening: opening a pipe would wait for a writer.
	info, err := fs.Stat(files, file)
	if err != nil {
		return refused("cannot be read: " + reason(err))
	}
	if !info.Mode().IsRegular() {
		return refused("is not a regular file")
	}
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return refused("cannot be read: " + reason(err))
	}
	return decode(name, text)
}

// reason returns the message of a file error without operation and name.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// join makes a chain of migrations and functions, or returns nil if there are errors.
func join(migrations, functions []Migration, versionAt string, findings document.Findings) (*Chain, document.Findings) {
	if versionAt == "" {
		versionAt = defaultVersionAt
	}
	for _, m := range functions {
		if message := m.incomplete(); message != "" {
			findings = append(findings, document.Finding{Pos: m.place(), Message: message})
		}
		migrations = append(migrations, m)
	}
	if len(findings.Errors()) > 0 {
		return nil, findings
	}
	at, _ := parsePath(versionAt)
	c := &Chain{at: at}
	findings = append(findings, c.order(migrations)...)
	findings = append(findings, c.untouched()...)
	if len(findings.Errors()) > 0 {
		return nil, findings
	}
	return c, findings
}

// incomplete returns what is wrong with a migration in Go, or "".
func (m Migration) incomplete() string {
	switch {
	case m.function == nil:
		return "needs a function; create it with migrate.Func"
	case m.From == "" || m.To == "":
		return "the versions must not be empty"
	case m.From == m.To:
		return "leads from a version to itself"
	}
	return ""
}

// order sorts migrations into a line from oldest to newest version.
func (c *Chain) order(migrations []Migration) (findings document.Findings) {
	add := func(m Migration, path, message, hint string) {
		findings = append(findings, document.Finding{Pos: m.place(), Path: path, Message: message, Hint: hint})
	}
	from, to := map[string]Migration{}, map[string]Migration{}
	for _, m := range migrations {
		if other, twice := from[m.From]; twice {
			add(m, "from", "a migration from version "+m.From+" is also in "+other.whole()+"; only one migration may lead from a version", "")
		} else if other, twice := to[m.To]; twice {
			add(m, "to", "a migration to version "+m.To+" is also in "+other.whole()+"; only one migration may lead to a version", "")
		}
		from[m.From], to[m.To] = m, m
	}
	if findings != nil || len(migrations) == 0 {
		return findings
	}
	// Each line begins at a version without a predecessor; there must be exactly one.
	var last Migration
	for _, m := range migrations {
		if _, later := to[m.From]; later {
			continue
		}
		line := []Migration{m}
		for next, ok := from[m.To]; ok; next, ok = from[next.To] {
			line = append(line, next)
		}
		if c.migrations != nil {
			add(m, "from", "no migration leads from version "+last.To+", the last of "+last.whole()+", to version "+m.From, "add one, or change from")
		}
		c.migrations = append(c.migrations, line...)
		last = line[len(line)-1]
	}
	if findings != nil {
		return findings
	}
	for _, m := range migrations {
		if !slices.ContainsFunc(c.migrations, func(o Migration) bool { return o.From == m.From }) {
			add(m, "", "the migrations from version "+m.From+" lead back to it, through "+circle(m, from), "")
			return findings
		}
	}
	c.versions = append(c.versions, c.migrations[0].From)
	for _, m := range c.migrations {
		c.versions = append(c.versions, m.To)
	}
	return nil
}

// circle names the files that lead back to where m begins.
func circle(m Migration, from map[string]Migration) string {
	names := m.whole()
	for next := from[m.To]; next.From != m.From; next = from[next.To] {
		names += ", " + next.whole()
	}
	return names
}

// untouched refuses steps that would change the version: only the chain sets it.
func (c *Chain) untouched() (findings document.Findings) {
	for _, m := range c.migrations {
		for _, s := range m.steps {
			for _, p := range s.operation.changes() {
				if p.covers(c.at) {
					findings = append(findings, document.Finding{Pos: s.pos, Path: s.place(), Message: "a step must not change " + p.String() + ", where the version is; migrate sets it"})
				}
			}
		}
	}
	return findings
}

// Oldest returns the version that the first migration starts from, or "" if there are
// no migrations.
func (c *Chain) Oldest() string {
	if len(c.versions) == 0 {
		return ""
	}
	return c.versions[0]
}

// Latest returns the version that the last migration leads to, or "" if there are no
// migrations.
func (c *Chain) Latest() string {
	if len(c.versions) == 0 {
		return ""
	}
	return c.versions[len(c.versions)-1]
}

// Versions returns all versions, oldest first.
func (c *Chain) Versions() []string { return slices.Clone(c.versions) }

// Names returns the names of the migrations from a version to the latest.
func (c *Chain) Names(from string) []string {
	var names []string
	if i := slices.Index(c.versions, from); i >= 0 {
		for _, m := range c.migrations[i:] {
			names = append(names, m.Name())
		}
	}
	return names
}
