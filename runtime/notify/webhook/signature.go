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
	HeaderDelivery  = "Hotbind-Delivery"  // the ID of the notification, the same for every attempt
	HeaderEvent     = "Hotbind-Event"
)

// ErrSignature matches every error of [Verify].
var ErrSignature = errors.New("invalid signature")

// Verify checks a request for its receiver. It returns nil if header, the value of
// Hotbind-Signature, was made with key for body and its time differs from now by at most
// tolerance. Five minutes is a good tolerance. To detect replayed requests, remember the
// values of Hotbind-Delivery for that long.
//
// The value is t=<seconds since 1970>,v1=<hex of HMAC-SHA256(key, t + "." + body)>. It may
// have several v1; one valid one is enough.
func Verify(key rt.Secret[string], header string, body []byte, tolerance time.Duration, now time.Time) error {
	if *key.Ref() == "" {
		return fmt.Errorf("%w: the key is empty", ErrSignature)
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
	// Check the signature first: if it is invalid, the time is not trustworthy either.
	want, holds := sign(key, at, body), false
	for _, text := range given {
		mac, err := hex.DecodeString(text)
		holds = err == nil && hmac.Equal(mac, want) || holds
	}
	if !holds {
		return fmt.Errorf("%w: made with another key or for another body", ErrSignature)
	}
	if away := now.Sub(time.Unix(seconds, 0)); away > tolerance || away < -tolerance {
		return fmt.Errorf("%w: its time differs by %v", ErrSignature, away.Abs())
	}
	return nil
}

// signature returns the value of the header.
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
