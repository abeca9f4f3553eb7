package history

// Encoded is the content of the file of r.
func Encoded(r Record) []byte {
	data, err := r.encode()
	if err != nil {
		panic(err)
	}
	return data
}
