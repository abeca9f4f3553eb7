package command

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/document"
	"github.com/hotbind/hotbind/runtime/history"
	"github.com/hotbind/hotbind/runtime/untyped"
	"github.com/hotbind/hotbind/runtime/validate"

	rt "github.com/hotbind/hotbind/runtime"
)

var errNoStore = errors.New("no store: --store DIR is required")

func storeFlag(cmd *cobra.Command, folder *string) {
	cmd.Flags().StringVar(folder, "store", "", "`folder` of the service's store")
}

// openStore opens a store for reading, even while a service uses it.
func openStore(stderr io.Writer, folder string) (*history.History, error) {
	h, notes, err := history.OpenReadOnly(folder)
	if err != nil {
		return nil, err
	}
	for _, note := range notes {
		fmt.Fprintln(stderr, note)
	}
	return h, nil
}

// revisionID parses the number of a revision.
func revisionID(text string) (rt.RevisionID, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil || id == 0 {
		return 0, &usageError{fmt.Errorf("invalid revision %s: want a number from 1; hotbind history lists them", document.Quote(text))}
	}
	return rt.RevisionID(id), nil
}

// configOf returns the configuration of a revision. The schema may be nil.
func configOf(schema *validate.Schema, r rt.Record) (*untyped.Config, error) {
	doc, edits, err := r.Documents()
	if err != nil {
		return nil, err
	}
	var shape document.Shape
	if schema != nil {
		shape = schema.Shape()
	}
	return untyped.Of(schema, document.Merge(doc, edits, shape)), nil
}
