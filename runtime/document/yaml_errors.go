package document

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// A syntaxError maps an error text of yaml.v3 to our message.
type syntaxError struct {
	library string // the library's text contains this
	where   place
	message string
	hint    string
}

// A place is the mark of yaml.v3 at which an error is best shown.
type place uint8

const (
	atProblem place = iota
	atContext
	atContextAndSaysSo // at the problem, with the line of the context in the message
)

const notClosed = "the quoted text that begins here is not closed"

// syntaxErrors are searched in order; the last one matches every text.
var syntaxErrors = [...]syntaxError{
	{"mapping values are not allowed", atProblem, `found ":" where no key can end`, "put the text in quotes, or check the indentation"},
	{"could not find expected ':'", atContext, `a key without ":" after it`, `write "key: value" on one line, and check quotes and indentation`},
	{anyToken, atProblem, "found a character that cannot begin a value", "put the text in quotes"},
	{"expected ',' or ']'", atContextAndSaysSo, `expected "," or "]" in the list`, ""},
	{"expected ',' or '}'", atContextAndSaysSo, `expected "," or "}" in the object`, ""},
	{"expected node content", atProblem, "expected a value here", ""},
	{"expected '-' indicator", atContextAndSaysSo, `expected "- " in the list`, "all its items begin in the same column"},
	{expectedKey, atContextAndSaysSo, "expected a key in the object", "all its keys begin in the same column; put text with special characters in quotes"},
	{"block sequence entries are not allowed", atProblem, `a list item "- " is not allowed here`, "begin it on a line of its own"},
	{"mapping keys are not allowed", atProblem, `a key that begins with "? " is not allowed here`, ""},
	{"<document start>", atProblem, "found text after the end of the document; a file holds one value", "check quotes, brackets and indentation"},
	{"unexpected end of stream", atContext, notClosed, ""},
	{"unexpected document indicator", atContext, notClosed, "a line that begins with --- or ... ends the document"},
	{"unknown escape character", atProblem, "unknown escape in double quotes", `write \\ for a backslash, or use single quotes`},
	{"Unicode character escape code", atProblem, "this escape is not a character", "write the character itself"},
	{"hexdecimal number", atProblem, "this escape needs more hexadecimal digits", `\x has 2, \u has 4, \U has 8`},
	{"tab character", atProblem, tabsCannotIndent, tabHint},
	{"indentation indicator equal to 0", atContext, "a block text cannot be indented by 0", "use a digit from 1 to 9, or none"},
	{"comment or line break", atContext, "found text where only a comment or the end of the line is allowed", ""},
	{"tag handle", atProblem, "the prefix of this tag is not declared by a %TAG line", ""},
	{"tag URI", atContext, "invalid tag", ""},
	{"URI escaped octet", atContext, "invalid tag", ""},
	{"UTF-8 octet", atContext, "invalid tag", ""},
	{"expected '!'", atContext, "invalid tag", ""},
	{"expected '>'", atContext, "invalid tag", ""},
	{"expected whitespace or line break", atContext, "invalid tag", ""},
	{"alphabetic or numeric character", atContext, "the name of an anchor or alias may only have letters, digits, - and _", ""},
	{"unknown directive name", atContext, "a line that begins with % must be a YAML directive", "allowed: %YAML 1.2, %TAG"},
	{"directive name", atContext, "a line that begins with % must be a YAML directive", "allowed: %YAML 1.2, %TAG"},
	{"non-alphabetical character", atContext, "a line that begins with % must be a YAML directive", "allowed: %YAML 1.2, %TAG"},
	{"version number", atContext, "this line has no YAML version", "write %YAML 1.2"},
	{"duplicate %TAG directive", atProblem, "duplicate %TAG line for the same name", ""},
	{"expected whitespace", atContext, "invalid %TAG line", ""},
	{"", atProblem, "this is not valid YAML", ""},
}

// Texts of the library whose message depends on the character at the position.
const (
	anyToken    = "cannot start any token"
	expectedKey = "did not find expected key"
)

const (
	tabsCannotIndent = "found a tab in the indentation; tabs cannot indent in YAML"
	tabHint          = "use spaces"
)

// yamlError returns the finding for an error of yaml.v3 about text.
func yamlError(err error, decoder *yaml.Decoder, text string, lim Limits) Finding {
	library := err.Error()
	m := marksOf(decoder, library)
	if strings.Contains(library, "exceeded max depth") {
		return lim.TooDeep(m.problem)
	}
	if strings.Contains(library, "unknown anchor '") { // its name may be a password that begins with *
		return Finding{Pos: m.event, Message: "unknown alias: no anchor of that name precedes it", Hint: "put text that begins with * in quotes"}
	}
	var known syntaxError
	for _, known = range syntaxErrors {
		if strings.Contains(library, known.library) {
			break
		}
	}
	f := Finding{Pos: m.problem, Message: known.message, Hint: known.hint}
	switch {
	case known.where == atContext:
		f.Pos = m.context
	case known.where == atContextAndSaysSo && m.context.Line > 0:
		f.Message += " that begins on line " + strconv.Itoa(m.context.Line)
	}
	return atCharacter(f, text, known)
}

// atCharacter adds to a finding what is at its position: the end of the file, a tab, or
// a character that YAML reserves.
func atCharacter(f Finding, text string, known syntaxError) Finding {
	if last := lastPosition(text); last.Before(f.Pos) {
		f.Pos = last
		f.Message += "; found the end of the file"
		return f
	}
	line := lineOf(text, f.Pos.Line)
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	c := runeAt(line, f.Pos.Column)
	switch {
	case strings.Contains(indent, "\t"):
		f.Pos.Column = strings.Index(indent, "\t") + 1
		f.Message, f.Hint = tabsCannotIndent, tabHint
	case known.library == anyToken && c == '\t':
		f.Message, f.Hint = tabsCannotIndent, tabHint
	case known.library == anyToken && c != 0:
		f.Message = "a value cannot begin with " + oneCharacter(c)
	case known.library == expectedKey && c != 0 && f.Pos.Column > len(indent)+1:
		f.Message = "found " + oneCharacter(c) + " after the end of a value"
		f.Hint = "put the whole value in quotes; in single quotes a quote is doubled"
	}
	return f
}
