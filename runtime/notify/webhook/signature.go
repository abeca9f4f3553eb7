package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
)

// The headers of a request.
const (
	HeaderSignature = "Hotbind-Signature" // see Verify
	HeaderDelivery  = "Hotbind-Delivery"  // the ID of the notification, the same with every try
	HeaderEvent     = "Hotbind-Event"
)

// ErrSignature is what every error of [Verify] is, by errors.Is.
var ErrSignature = errors.New("the signature does not hold")

// Verify is for the receiver of a request: it reports whether the value of the header
// Hotbind-Signature was made with the key, for this body, not longer ago than
// tolerance, and not further in the future. Five minutes is a good tolerance. A
// receiver that remembers the value of Hotbind-Delivery for as long knows what it has
// seen before.
//
// The value is t=<seconds since 1970>,v1=<hex of HMAC-SHA256(key, t + "." + body)>.
// There may be several v1, of which one that holds is enough.
func Verify(key rt.Secret[string], header string, body []byte, tolerance time.Duration, now time.Time) error {
	if *key.Ref() == "" {
		return fmt.Errorf("%w: there is no key", ErrSignature)
	}
	var at string
	var given []string
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			at = value
		case "v1":
			given = append(given, value)
		}
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || len(given) == 0 {
		return fmt.Errorf("%w: invalid header", ErrSignature)
	}
	// The signature comes first: of what was tampered with nothing else is true.
	want, holds := sign(key, at, body), false
	for _, text := range given {
		mac, err := hex.DecodeString(text)
		holds = err == nil && hmac.Equal(mac, want) || holds
	}
	if !holds {
		return fmt.Errorf("%w: it is of another key or another body", ErrSignature)
	}
	if away := now.Sub(time.Unix(seconds, 0)); away > tolerance || away < -tolerance {
		return fmt.Errorf("%w: its time is %v away", ErrSignature, away.Abs())
	}
	return nil
}

// signature is the value of the header.
func signature(key rt.Secret[string], now time.Time, body []byte) string {
	at := strconv.FormatInt(now.Unix(), 10)
	return "t=" + at + ",v1=" + hex.EncodeToString(sign(key, at, body))
}

func sign(key rt.Secret[string], at string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(*key.Ref()))
	mac.Write([]byte(at + "."))
	mac.Write(body)
	return mac.Sum(nil)
}
