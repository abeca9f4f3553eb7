package document

import (
	"reflect"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// marks are the positions at which yaml.v3 gave up.
type marks struct {
	problem Position // what it could not read
	context Position // the beginning of what it was reading
	event   Position // the last part that it could read
}

// marksOf returns the marks of a decoder that failed with the error text.
//
// The text names only a line, of the context or of the problem, counted from 0 or from
// 1, depending on the error. The decoder has no method for its marks, hence reflection.
// If a later version keeps them elsewhere, the line in the text is used.
func marksOf(decoder *yaml.Decoder, text string) marks {
	parser := field(reflect.ValueOf(decoder), "parser")
	scanner := field(parser, "parser")
	m := marks{
		problem: markAt(field(scanner, "problem_mark")),
		context: markAt(field(scanner, "context_mark")),
		event:   markAt(field(field(parser, "event"), "start_mark")),
	}
	if m.problem.Line == 0 {
		m.problem = lineIn(text)
		m.context, m.event = m.problem, m.problem
	}
	return m
}

// field returns the field of a struct, or of what a pointer points to, if it exists.
func field(v reflect.Value, name string) reflect.Value {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	return v.FieldByName(name)
}

func markAt(mark reflect.Value) Position {
	line, column := field(mark, "line"), field(mark, "column")
	if !line.IsValid() || !line.CanInt() || !column.IsValid() || !column.CanInt() {
		return Position{}
	}
	return Position{Line: int(line.Int()) + 1, Column: int(column.Int()) + 1}
}

// lineIn reads the line from an error text such as "yaml: line 3: …".
func lineIn(text string) Position {
	number, _, _ := strings.Cut(strings.TrimPrefix(text, "yaml: line "), ":")
	line, err := strconv.Atoi(number)
	if err != nil || line < 1 {
		line = 1
	}
	return Position{Line: line, Column: 1}
}
