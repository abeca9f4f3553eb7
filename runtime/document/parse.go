package document

import (
	"path/filepath"
	"strconv"
	"strings"
)

// A Format reads files of another extension than those that [Parse] knows.
type Format interface {
	// Extension returns the extension in lower case, with its dot.
	Extension() string
	// Read returns the document in text, which is UTF-8 without forbidden characters, with
	// findings about it. The node is nil if there is no value, or a finding is an error.
	// lim has no zero fields.
	Read(name, text string, lim Limits) (*Node, Findings)
}

// Parse reads the document in data. The extension of name, in upper or lower
// case, chooses the format: .json is JSON, .yaml and .yml are YAML, and others are
// those of formats. Positions carry name as it is given.
//
// If a finding is an error the node is nil, and there is always a finding when
// the node is nil: a file without a value gives one finding with Empty set. A
// null that is written is a value.
// Paths and quoted texts in findings are shortened with … where they are long.
// Nodes made by YAML aliases are shared, so a tree must not be modified; they
// have the position at which their anchor was written.
//
// Parse keeps no reference to data, never panics, and its time and memory are
// bounded by lim.
func Parse(name string, data []byte, lim Limits, formats ...Format) (*Node, Findings) {
	ext := strings.ToLower(filepath.Ext(name))
	switch ext {
	case ".json":
		return ParseJSON(name, data, lim)
	case ".yaml", ".yml":
		return ParseYAML(name, data, lim)
	}
	for _, f := range formats {
		if f.Extension() == ext {
			return parse(name, data, lim, func(text string, lim Limits, r *report) *Node { return readFormat(f, text, lim, r) })
		}
	}
	return nil, Findings{unsupported(name, formats)}
}

func readFormat(f Format, text string, lim Limits, r *report) *Node {
	root, findings := f.Read(r.file, text, lim)
	for _, found := range findings {
		r.add(found)
	}
	return root
}

// unsupported is the finding for a file of another format than the supported ones.
func unsupported(name string, formats []Format) Finding {
	f := Finding{Pos: Position{File: name, Line: 1, Column: 1}, Message: "the file name has no extension"}
	if ext := filepath.Ext(name); ext != "" {
		f.Message = "the extension " + Quote(ext) + " is not supported"
	}
	supported := []string{".yaml", ".yml", ".json"}
	for _, more := range formats {
		supported = append(supported, more.Extension())
	}
	last := len(supported) - 1
	f.Message += "; supported are " + strings.Join(supported[:last], ", ") + " and " + supported[last]
	if strings.EqualFold(filepath.Ext(name), ".toml") {
		f.Hint = "give the source rt.WithFormat(toml.Format{}), from package runtime/document/toml"
	}
	return f
}

// ParseJSON is [Parse] for JSON, whatever the extension of name: RFC 8259 with
// nothing added, and without duplicate keys, lone surrogates, numbers of more
// than 1000 digits and exponents of more than 4.
func ParseJSON(name string, data []byte, lim Limits) (*Node, Findings) {
	return parse(name, data, lim, readJSON)
}

// ParseValue is [ParseJSON] for a single value that is no file, such as an
// environment variable or a default.
func ParseValue(name string, text string, lim Limits) (*Node, Findings) {
	return parse(name, []byte(text), lim, readJSON)
}

// ParseYAML is [Parse] for YAML, whatever the extension of name: one document of
// YAML 1.2 with those values only that JSON has too. A plain scalar is null
// (null, Null, NULL, ~ or nothing), a boolean (true, True, TRUE, false, False,
// FALSE), a number where JSON would read one or [YAMLValue] wrote one, and otherwise
// text. Merge keys work as in YAML 1.1.
func ParseYAML(name string, data []byte, lim Limits) (*Node, Findings) {
	return parse(name, withoutMark(data), lim, readYAML)
}

// A reader makes nodes of text that is UTF-8 without forbidden characters. It
// returns nil when it has reported an error or met no value.
type reader func(text string, lim Limits, r *report) *Node

func parse(name string, data []byte, lim Limits, read reader) (*Node, Findings) {
	lim = lim.WithDefaults()
	r := &report{file: name}
	if len(data) > lim.Bytes {
		r.add(Finding{Message: "the file has " + count(len(data)) + " bytes; the limit is " + count(lim.Bytes)})
		return nil, r.findings
	}
	text, fault := decode(data)
	if fault != nil {
		r.add(*fault)
		return nil, r.findings
	}
	root := guarded(read, text, lim, r)
	if len(r.findings.Errors()) > 0 {
		r.findings.Sort()
		return nil, r.findings
	}
	if root == nil {
		r.findings = nil
		r.add(empty)
		return nil, r.findings
	}
	return root, r.findings
}

// empty is the finding for a file without a value.
var empty = Finding{Message: "the file is empty", Empty: true}

// guarded turns a panic, which yaml.v3 has been known to do, into a finding.
func guarded(read reader, text string, lim Limits, r *report) (root *Node) {
	defer func() {
		if recover() != nil {
			root = nil
			r.add(Finding{Message: "the file cannot be read: it makes the parser fail"})
		}
	}()
	return read(text, lim, r)
}

// count writes n with commas between the thousands.
func count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
