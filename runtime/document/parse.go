package document

import (
	"path/filepath"
	"strconv"
	"strings"
)

// A Format parses files with an extension that [Parse] does not know.
type Format interface {
	// Extension returns the extension in lower case, with its dot.
	Extension() string
	// Read parses text, which is UTF-8 without forbidden characters. The node is nil if
	// there is no value or a finding is an error. lim has no zero fields.
	Read(name, text string, lim Limits) (*Node, Findings)
}

// Parse parses the document in data. The extension of name, in upper or lower case,
// selects the format: JSON for .json, YAML for .yaml and .yml, or one of formats.
// Positions carry name unchanged.
//
// If a finding is an error, the node is nil. If the node is nil, there is a finding:
// for a file without a value, one with Empty set. A null in the file is a value.
// Findings shorten long paths and quoted texts with …. YAML aliases share nodes, so do
// not modify the tree; the nodes have the position of their anchor.
//
// Parse does not retain data and never panics. lim bounds its time and memory.
func Parse(name string, data []byte, lim Limits, formats ...Format) (*Node, Findings) {
	return parseFormat(&report{file: name}, data, lim, formats)
}

// parseFormat parses a file with the report r by its extension.
func parseFormat(r *report, data []byte, lim Limits, formats []Format) (*Node, Findings) {
	ext := strings.ToLower(filepath.Ext(r.file))
	switch ext {
	case ".json":
		return parse(r, data, lim, readJSON)
	case ".yaml", ".yml":
		return parse(r, withoutMark(data), lim, readYAML)
	}
	for _, f := range formats {
		if f.Extension() == ext {
			return parse(r, data, lim, func(text string, lim Limits, r *report) *Node { return readFormat(f, text, lim, r) })
		}
	}
	return nil, Findings{unsupported(r.file, formats)}
}

func readFormat(f Format, text string, lim Limits, r *report) *Node {
	root, findings := f.Read(r.file, text, lim)
	for _, found := range findings {
		r.add(found)
	}
	return root
}

// unsupported returns the finding for a file of an unsupported format.
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

// ParseJSON parses JSON as [Parse] does, whatever the extension of name. It accepts RFC
// 8259 without extensions, and rejects duplicate keys, lone surrogates, numbers of more
// than 1000 digits and exponents of more than 4 digits.
func ParseJSON(name string, data []byte, lim Limits) (*Node, Findings) {
	return parse(&report{file: name}, data, lim, readJSON)
}

// ParseValue parses JSON that is not a file, such as an environment variable or a default,
// as [ParseJSON] does. Every node and finding has the position pos.
func ParseValue(pos Position, text string, lim Limits) (*Node, Findings) {
	return parse(&report{file: pos.File, value: &pos}, []byte(text), lim, readJSON)
}

// ParseYAML parses YAML as [Parse] does, whatever the extension of name: one document
// of YAML 1.2 with values that JSON has too. A plain scalar is null (null, Null, NULL,
// ~ or nothing), a boolean (true, True, TRUE, false, False, FALSE), a number if it is
// one in JSON or [YAMLValue] wrote it, and otherwise text. Merge keys work as in YAML
// 1.1.
func ParseYAML(name string, data []byte, lim Limits) (*Node, Findings) {
	return parse(&report{file: name}, withoutMark(data), lim, readYAML)
}

// A reader parses UTF-8 text without forbidden characters. It returns nil after an
// error or if there is no value.
type reader func(text string, lim Limits, r *report) *Node

func parse(r *report, data []byte, lim Limits, read reader) (*Node, Findings) {
	lim = lim.WithDefaults()
	if len(data) > lim.Bytes {
		r.add(Finding{Message: "the file has " + count(len(data)) + " bytes; the limit is " + count(lim.Bytes)})
		return nil, r.findings
	}
	text, fault := decode(r.text(data))
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

// guarded turns a panic, which yaml.v3 is known for, into a finding.
func guarded(read reader, text string, lim Limits, r *report) (root *Node) {
	defer func() {
		if recover() != nil {
			root = nil
			r.add(Finding{Message: "the parser failed on this file"})
		}
	}()
	return read(text, lim, r)
}

// count formats n with commas between the thousands.
func count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
