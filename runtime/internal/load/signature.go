package load

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// A Signature identifies content: by its bytes or, if only a record of it is left, by
// their hash. The zero Signature means no content.
type Signature struct {
	layers [][]byte
	hash   string // in hexadecimal digits; empty if layers is set
}

// SignatureOf returns the signature with a hash, as [Signature.Hash] returned it. It is
// zero if the hash is empty.
func SignatureOf(hash string) Signature { return Signature{hash: hash} }

// IsZero reports whether s means no content.
func (s Signature) IsZero() bool { return s.layers == nil && s.hash == "" }

// Equal reports whether s and t identify the same content. It hashes content only to
// compare it with a record.
func (s Signature) Equal(t Signature) bool {
	if s.layers != nil && t.layers != nil {
		return slices.EqualFunc(s.layers, t.layers, bytes.Equal)
	}
	return s.IsZero() == t.IsZero() && s.Hash() == t.Hash()
}

// Hash returns the SHA-256, in hexadecimal digits, of the hashes of the layers; "" for the
// zero Signature.
func (s Signature) Hash() string {
	if s.layers == nil {
		return s.hash
	}
	all := sha256.New()
	for _, layer := range s.layers {
		one := sha256.Sum256(layer)
		all.Write(one[:])
	}
	return hex.EncodeToString(all.Sum(nil))
}
