package history

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
)

// format is the format that is written, and the highest that is read.
const format = 1

var (
	errCheck = errors.New("it is damaged: the checksum does not match the content")
	errEmpty = errors.New("it is damaged: it is empty")
)

// seal returns v, a struct, as indented JSON with the self-check as its last
// member.
func seal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // < and & are easier to read unescaped
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	body := append(bytes.TrimSuffix(b.Bytes(), []byte("\n}\n")), ",\n"...)
	return append(body, check(body)...), nil
}

// check returns the end of a sealed file that begins with body.
func check(body []byte) []byte {
	return []byte("  \"sha256\": \"" + digest(body) + "\"\n}\n")
}

// digest returns the SHA-256 of content in hexadecimal digits.
func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// unseal decodes sealed data, read from path, into v.
func unseal(path string, data []byte, v any) error {
	if len(data) == 0 {
		return &DamagedError{path, errEmpty}
	}
	length := len(check(nil))
	if len(data) < length {
		return &DamagedError{path, errCheck}
	}
	// Compare the whole end: not even a space may differ.
	body, end := data[:len(data)-length], data[len(data)-length:]
	if !bytes.Equal(end, check(body)) {
		return &DamagedError{path, errCheck}
	}
	var head struct{ Format int }
	if err := json.Unmarshal(data, &head); err != nil {
		return &DamagedError{path, err}
	}
	if head.Format > format {
		return &FormatError{Path: path, Found: head.Format, Known: format}
	}
	if err := json.Unmarshal(data, v); err != nil {
		return &DamagedError{path, err}
	}
	return nil
}
