package history

import rt "github.com/hotbind/hotbind/runtime"

// Encoded returns the content of the file of r.
func Encoded(r rt.Record) []byte {
	data, err := encode(r)
	if err != nil {
		panic(err)
	}
	return data
}
