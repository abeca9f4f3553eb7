package migrate

import (
	"strconv"

	"github.com/hotbind/hotbind/runtime/document"
)

const stepNames = "rename, move, copy, delete, set, default, map, scale, split, join, wrap, cast"

// step reads a step: an object whose only key is the name of the step.
func (d *decoder) step(n *document.Node, at string) *step {
	if n.Kind() != document.Object {
		d.fault(n, at, "found "+n.Kind().Article()+", want an object with one key, the name of the step", "")
		return nil
	}
	if len(n.Members()) != 1 {
		d.fault(n, at, "has "+strconv.Itoa(len(n.Members()))+" keys; a step has one, its name: "+stepNames, "")
		return nil
	}
	m := n.Members()[0]
	at = document.KeyPath(at, m.Key())
	read := readers[m.Key()]
	if read == nil {
		d.findings = append(d.findings, document.Finding{Pos: m.Pos(), Path: at, Message: "unknown step " + document.Quote(m.Key()), Hint: "allowed are " + stepNames})
		return nil
	}
	return &step{name: m.Key(), pos: m.Pos(), operation: read(d, m.Value(), at)}
}

var readers = map[string]func(d *decoder, n *document.Node, at string) operation{
	"rename":  readRename,
	"move":    readMove,
	"copy":    readCopy,
	"delete":  readDelete,
	"set":     readSet,
	"default": readDefault,
	"map":     readMap,
	"scale":   readScale,
	"split":   readSplit,
	"join":    readJoin,
	"wrap":    readWrap,
	"cast":    readCast,
}

func readRename(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path", "to")
	return &rename{path: d.keyed(n.Get("path"), at+".path"), to: d.filled(n.Get("to"), at+".to")}
}

func readMove(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path", "to")
	from := d.path(n.Get("path"), at+".path")
	return &move{path: from, to: d.target(n.Get("to"), at+".to", from)}
}

func readCopy(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path", "to")
	from := d.path(n.Get("path"), at+".path")
	return &copied{path: from, to: d.target(n.Get("to"), at+".to", from)}
}

func readDelete(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path")
	return &remove{path: d.path(n.Get("path"), at+".path")}
}

func readSet(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path", "value")
	return &set{path: d.path(n.Get("path"), at+".path"), value: n.Get("value")}
}

func readDefault(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path", "value")
	return &set{path: d.keyed(n.Get("path"), at+".path"), value: n.Get("value"), onlyAbsent: true}
}

func readMap(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path", "values", "else?")
	values := n.Get("values")
	if values != nil && (values.Kind() != document.Object || len(values.Members()) == 0) {
		d.fault(values, at+".values", "want an object with at least one value", "")
	}
	return &mapped{
		path:   d.path(n.Get("path"), at+".path"),
		values: values,
		strict: d.choice(n.Get("else"), at+".else", "error") != "",
	}
}

func readScale(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path", "by")
	s := &scale{path: d.path(n.Get("path"), at+".path")}
	if by := n.Get("by"); by != nil && by.Kind() != document.Number {
		d.fault(by, at+".by", "found "+by.Kind().Article()+", want a number", "")
	} else if by != nil {
		s.by = by.Text()
	}
	return s
}

func readSplit(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path", "by", "into")
	s := &split{path: d.keyed(n.Get("path"), at+".path"), by: d.filled(n.Get("by"), at+".by")}
	for i, item := range d.items(n.Get("into"), at+".into", 2) {
		s.into = append(s.into, d.filled(item, document.IndexPath(at+".into", i)))
	}
	return s
}

func readJoin(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "paths", "by", "to")
	j := &joined{by: d.text(n.Get("by"), at+".by")}
	for i, item := range d.items(n.Get("paths"), at+".paths", 2) {
		at := document.IndexPath(at+".paths", i)
		p := d.keyed(item, at)
		if i > 0 && p != nil && j.paths[0] != nil && !equal(p.stars(), j.paths[0].stars()) {
			d.fault(item, at, "must have the same wildcards as "+j.paths[0].String()+", in the same order", "")
		}
		j.paths = append(j.paths, p)
	}
	if len(j.paths) > 0 {
		j.to = d.target(n.Get("to"), at+".to", j.paths[0])
	}
	return j
}

func readWrap(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path", "in", "key?")
	w := &wrap{path: d.path(n.Get("path"), at+".path"), key: d.filled(n.Get("key"), at+".key")}
	switch d.choice(n.Get("in"), at+".in", "list", "object") {
	case "list":
		w.list = true
		if key := n.Get("key"); key != nil {
			d.fault(key, at+".key", "needs in: object; a list has no keys", "")
		}
	case "object":
		if n.Get("key") == nil {
			d.fault(n, at+".key", "is required but missing", "")
		}
	}
	return w
}

func readCast(d *decoder, n *document.Node, at string) operation {
	n = d.object(n, at, "path", "to")
	return &cast{path: d.path(n.Get("path"), at+".path"), to: d.choice(n.Get("to"), at+".to", "integer", "number", "string", "boolean")}
}
