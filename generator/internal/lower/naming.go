package lower

import (
	"fmt"
	"go/token"
	"hash/fnv"
	"strings"
	"unicode"
)

// initialisms are the words that Go writes in capitals.
var initialisms = func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(`ACL AES AMQP AMQPS API ARN ASCII ASN AWS BGP CA CDN CIDR CLI CNI CORS CPU CRD
		CRI CRL CSI CSP CSR CSRF CSS CSV DB DHCP DNS DSN EC2 ECDSA EOF FIFO FQDN FTP FTPS GC GCP GID GIF GPU GRPC GSSAPI
		GUID HMAC HSTS HTML HTTP HTTPS IAM ICMP ID IMAP IO IOPS IP IPC ISO JPEG JSON JVM JWK JWKS JWT KMS LDAP LDAPS
		LFU LRU MAC MFA MIME MQTT MTLS MTU NAT NATS NFS NTLM NTP OCSP OIDC OS OTLP OTP PDF PEM PID PII PKCE PKI PNG
		POP PVC QPS QUIC RAM RBAC RFC RPC RPS RSA S3 SAML SASL SCIM SDK SFTP SHA SLA SMS SMTP SNI SNS SQL SQS SSD
		SSE SSH SSL SSO SSPI SVG TCP TLS TOML TOTP TPS TSV TTL TTY UDP UI UID URI URL URN UTC UTF UUID VLAN VM VPC
		VPN WAF WAL WSS XML XMPP XSRF XSS YAML`) {
		set[word] = true
	}
	return set
}()

// mixed are the words with a spelling of their own.
var mixed = map[string]string{"oauth": "OAuth", "ipv4": "IPv4", "ipv6": "IPv6", "graphql": "GraphQL"}

// initialism returns the Go spelling of a word that has a special one. Digits may
// follow, as in HTTP2 and OAuth2, and a plural keeps its small s, as in URLs.
func initialism(word string) (string, bool) {
	stem := strings.TrimRight(word, "0123456789")
	for _, known := range []string{word, stem} {
		if own, ok := mixed[strings.ToLower(known)]; ok {
			return own + word[len(known):], true
		}
		if upper := strings.ToUpper(known); initialisms[upper] {
			return upper + word[len(known):], true
		}
	}
	upper := strings.ToUpper(word)
	if stem, ok := strings.CutSuffix(upper, "S"); ok && initialisms[stem] && len(stem) > 1 {
		return stem + "s", true
	}
	return "", false
}

// longestName bounds a name. A longer one is cut and made unique by a hash.
const longestName = 96

// goName returns the exported Go name for a key or a value of a schema. It depends only
// on the key, so a type, a field and a constant of the same key agree. Each word gets a
// capital; initialisms are written as in Go, however the schema spells them. Other
// words in capitals become plain words, such as Head for HEAD, unless the key also has
// small letters: useGSSTokens.
func goName(key string) string {
	var b strings.Builder
	for _, word := range words(key) {
		if own, ok := initialism(word); ok {
			b.WriteString(own)
			continue
		}
		if !strings.ContainsFunc(key, unicode.IsLower) {
			word = strings.ToLower(word)
		}
		runes := []rune(word)
		runes[0] = unicode.ToUpper(runes[0])
		b.WriteString(string(runes))
	}
	return exported(b.String(), key)
}

// exported makes name a valid exported one.
func exported(name, key string) string {
	if name == "" {
		if name = spelled(key); name == "" {
			name = "Empty"
		}
	}
	if first := []rune(name)[0]; !unicode.IsUpper(first) {
		name = "X" + name
	}
	if runes := []rune(name); len(runes) > longestName {
		name = string(runes[:longestName]) + hashed(key)
	}
	return name
}

// hashed returns a suffix that makes names unique.
func hashed(text string) string {
	hash := fnv.New32a()
	hash.Write([]byte(text))
	return fmt.Sprintf("%08X", hash.Sum32())
}

// words splits a key at characters other than letters and digits, at capitals, and
// between letters and what follows capitals: maxHTTPConns has three words.
func words(key string) []string {
	var list []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			list = append(list, string(word))
			word = nil
		}
	}
	runes := []rune(key)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || unicode.IsDigit(runes[i-1])),
			unicode.IsUpper(r) && i > 0 && i+1 < len(runes) && unicode.IsUpper(runes[i-1]) && unicode.IsLower(runes[i+1]) && !pluralEnd(runes[i+1:]):
			end()
		}
		word = append(word, r)
	}
	end()
	return list
}

// pluralEnd reports whether a small s ends the word, as in URLs.
func pluralEnd(rest []rune) bool {
	return rest[0] == 's' && (len(rest) == 1 || !unicode.IsLower(rest[1]))
}

var signs = map[rune]string{
	'$': "Dollar", '@': "At", '#': "Hash", '*': "Star", '+': "Plus", '-': "Dash", '_': "Underscore", '.': "Dot",
	'/': "Slash", '\\': "Backslash", ':': "Colon", '<': "Less", '>': "Greater", '=': "Equal", '!': "Not", '%': "Percent",
	'&': "And", '|': "Or", '^': "Caret", '~': "Tilde", '?': "Question", ',': "Comma", ';': "Semicolon", ' ': "Space",
	'(': "Open", ')': "Close", '[': "OpenBracket", ']': "CloseBracket", '{': "OpenBrace", '}': "CloseBrace",
	'"': "Quote", '\'': "Apostrophe", '`': "Backtick",
}

// spelled returns a name that preserves every character of the key: signs are spelled
// out and a small first letter is marked. It distinguishes keys that goName does not.
func spelled(key string) string {
	var b strings.Builder
	up := true
	for i, r := range key {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if i == 0 && unicode.IsLower(r) {
				b.WriteString("Lower")
			}
			if up {
				r = unicode.ToUpper(r)
			}
			b.WriteRune(r)
			up = false
		case signs[r] != "":
			b.WriteString(signs[r])
			up = true
		default:
			fmt.Fprintf(&b, "U%04X", r)
			up = true
		}
	}
	return b.String()
}

func isExported(name string) bool { return token.IsIdentifier(name) && token.IsExported(name) }

// singular returns the singular of a plural; other words are unchanged.
func singular(name string) string {
	for _, rule := range []struct{ from, to string }{
		{"ies", "y"}, {"sses", "ss"}, {"shes", "sh"}, {"ches", "ch"}, {"xes", "x"}, {"zes", "ze"}, {"uses", "us"}, {"aliases", "alias"},
		{"ss", "ss"}, {"us", "us"}, {"is", "is"}, {"s", ""},
	} {
		if stem, ok := strings.CutSuffix(name, rule.from); ok && len(stem) > 1 {
			return stem + rule.to
		}
	}
	return name
}
