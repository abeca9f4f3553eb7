// Package webhook sends notifications to a URL in signed requests, and verifies the
// signatures for the receiver. See package notify for channels in general.
package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hotbind/hotbind/runtime/internal/lines"
	"github.com/hotbind/hotbind/runtime/notify"

	rt "github.com/hotbind/hotbind/runtime"
)

const (
	longestTry    = time.Minute // of one request
	longestAfter  = time.Hour   // of the Retry-After that is respected
	longestAnswer = 64 << 10    // bytes of a response that are read
	longestReason = 200         // bytes of a response that an error repeats
)

// New returns a channel that sends each notification to a URL in a POST request. The body
// is JSON as described by schemas/notification.schema.json; the headers are
// Hotbind-Delivery, Hotbind-Event and, with [WithKey], Hotbind-Signature. The address must
// begin with http:// or https://. Errors contain only its scheme and host, because the
// rest may contain a token. A request takes at most a minute. The default name is webhook.
//
// A status from 200 to 299 is success. After 408, 425, 429, 500 or higher, and without a
// response, the request is retried for as long as RetryFor of [rt.ChannelOptions] allows,
// not before Retry-After, and with the same Hotbind-Delivery: if a response is lost, the
// target receives the notification twice. Any other status is a permanent failure. So is
// a redirect, which is never followed. Certificates are verified, and the environment may
// set a proxy; see [http.ProxyFromEnvironment].
func New(address string, opts ...Option) (rt.Channel, error) {
	u, err := url.Parse(address)
	// The error would repeat the address.
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, errors.New("the address of a webhook must begin with http:// or https:// and a host")
	}
	c := &channel{name: "webhook", address: address, target: lines.Visible(u.Scheme + "://" + u.Host)}
	for _, opt := range opts {
		opt(c)
	}
	if c.key != nil && *c.key.Ref() == "" {
		return nil, errors.New("the key of a webhook is empty")
	}
	c.transport = &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    1,
		MaxResponseHeaderBytes: longestAnswer,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
	}
	c.client = &http.Client{
		Transport:     c.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// An Option configures [New].
type Option func(*channel)

// WithName sets the name of the channel. The default is webhook.
func WithName(name string) Option { return func(c *channel) { c.name = name } }

// WithKey signs every request with key, so that the receiver can check it with [Verify].
// Without this option requests are not signed.
func WithKey(key rt.Secret[string]) Option { return func(c *channel) { c.key = &key } }

type channel struct {
	name      string
	address   string
	target    string // the address in errors
	key       *rt.Secret[string]
	transport *http.Transport
	client    *http.Client
}

// Format keeps the address, which may hold a token, out of what is printed.
func (c *channel) Format(f fmt.State, _ rune) { io.WriteString(f, "webhook "+c.target) }

func (c *channel) Name() string { return c.name }

// Close closes the connections.
func (c *channel) Close() error {
	c.transport.CloseIdleConnections()
	return nil
}

func (c *channel) Send(ctx context.Context, n rt.Notification) error {
	body, err := lines.Record(n)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, longestTry)
	defer cancel()
	request, err := c.request(ctx, n, body)
	if err != nil {
		return c.failed("", err)
	}
	response, err := c.client.Do(request)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err // without the address
		}
		return &notify.RetryError{Cause: c.failed("", err)}
	}
	return c.verdict(response)
}

func (c *channel) request(ctx context.Context, n rt.Notification, body []byte) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the request cannot be made")
	}
	h := request.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "hotbind")
	h.Set(HeaderDelivery, lines.Visible(n.ID))
	h.Set(HeaderEvent, lines.Visible(string(n.Event)))
	if c.key != nil {
		h.Set(HeaderSignature, signature(*c.key, time.Now(), body))
	}
	return request, nil
}

// verdict turns a response into nil or an error. It reads the body, limited by size and
// context, so that the connection can be reused.
func (c *channel) verdict(r *http.Response) error {
	defer r.Body.Close()
	status := r.StatusCode
	answer, _ := io.ReadAll(io.LimitReader(r.Body, longestReason))
	io.Copy(io.Discard, io.LimitReader(r.Body, longestAnswer))
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return c.failed(fmt.Sprintf("it answered %d, a redirect%s, which is not followed", status, c.elsewhere(r)), nil)
	}
	err := c.failed(fmt.Sprintf("it answered %d%s", status, quoted(answer)), nil)
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
	default:
		if status < 500 {
			return err
		}
	}
	return &notify.RetryError{After: retryAfter(r.Header.Get("Retry-After"), time.Now()), Cause: err}
}

// elsewhere returns the target of a redirect, without parts that may contain a token.
func (c *channel) elsewhere(r *http.Response) string {
	to, err := r.Location()
	if err != nil || to.Host == "" {
		return ""
	}
	return " to " + lines.Visible(to.Scheme+"://"+to.Host)
}

// quoted returns the beginning of a response body, on one line.
func quoted(answer []byte) string {
	text := strings.Join(strings.Fields(string(answer)), " ")
	if text == "" {
		return ""
	}
	return ": " + lines.Visible(text)
}

// retryAfter parses a Retry-After header, in seconds or as a date. It returns 0 if there
// is none.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 63); err == nil {
		return time.Duration(min(seconds, uint64(longestAfter/time.Second))) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(now), 0), longestAfter)
	}
	return 0
}

// A sendError reports that a notification could not be delivered.
type sendError struct {
	text  string
	cause error // nil: the response
}

func (e *sendError) Error() string { return e.text }

func (e *sendError) Unwrap() error { return e.cause }

// failed returns the error of a request. The cause may contain untrusted text.
func (c *channel) failed(text string, cause error) error {
	switch {
	case errors.Is(cause, context.DeadlineExceeded):
		text = "it has not answered in time"
	case cause != nil:
		text = lines.Visible(cause.Error())
	}
	return &sendError{c.target + ": " + text, cause}
}
