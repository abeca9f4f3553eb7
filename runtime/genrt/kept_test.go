package genrt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hotbind/hotbind/runtime/genrt"

	rt "github.com/hotbind/hotbind/runtime"
)

// A vault has secrets in every value that is kept as written.
type vault struct {
	Token rt.Optional[rt.Secret[string]]
	Login rt.Optional[login]
	Many  []login
	X     map[string]rt.Secret[string]
	Extra map[string]rt.Secret[string]

	kept genrt.Kept
}

type login struct {
	Password rt.Secret[string]
	Tries    int
}

func fieldsOfVault(p any, n int) any {
	v := p.(*vault)
	switch n {
	case genrt.KeptField:
		return &v.kept
	case 0:
		return &v.Token
	case 1:
		return &v.Login
	case 2:
		return &v.Many
	case 3:
		return &v.X
	}
	return &v.Extra
}

var (
	tableLogin = genrt.Struct{
		At: func(p any, n int) any {
			switch v := p.(*login); n {
			case 0:
				return &v.Password
			case 1:
				return &v.Tries
			}
			return nil
		},
		Fields: []genrt.Field{{Key: "password", Type: tableSecret, Required: true}, {Key: "tries", Type: &genrt.Int[int]{}, Default: "3"}},
	}
	tableSecret  = &genrt.Secret[string]{Elem: &genrt.String{}}
	tableSecrets = &genrt.Map[map[string]rt.Secret[string], rt.Secret[string]]{Elem: tableSecret}
	tableVault   = genrt.Struct{
		At:       fieldsOfVault,
		Extra:    5,
		Patterns: []genrt.PatternField{{Pattern: &genrt.Pattern{Source: "^x"}, Field: 3}},
		Fields: []genrt.Field{
			{Key: "token", Type: &genrt.Optional{As: &genrt.Some[rt.Secret[string]]{}, Elem: tableSecret}, Loose: true},
			{Key: "login", Type: &genrt.Optional{As: &genrt.Some[login]{}, Elem: &tableLogin}, Loose: true},
			{Key: "many", Type: &genrt.List[[]login, login]{Elem: &tableLogin, One: &tableLogin}, Scratch: func() any { return new([]login) }},
			{Type: tableSecrets, Entries: true, Loose: true},
			{Type: tableSecrets, Entries: true, Loose: true},
		},
	}
)

// TestKeptSecrets: a value that is kept as written, because no field holds it or because
// formatting it could change it, hides its secrets wherever it is shown, and gets the
// defaults inside it.
func TestKeptSecrets(t *testing.T) {
	t.Parallel()
	const hidden = `"[secret]"`
	var last *vault
	for _, c := range []struct{ text, want string }{
		{`{"many":{"password":"hunter2"}}`, `{"many":{"password":` + hidden + `,"tries":3}}`},
		{`{"many":[{"password":"hunter2","tries":1.0}]}`, `{"many":[{"password":` + hidden + `,"tries":1.0}]}`},
		{`{"token":["hunter2"]}`, `{"token":` + hidden + `}`},
		{`{"login":{"password":"hunter2","tries":"many"}}`, `{"login":` + hidden + `}`},
		{`{"xa":["hunter2"],"b":{"c":"hunter2"}}`, `{"xa":` + hidden + `,"b":` + hidden + `}`},
		{`{"xa":["hunter22"],"b":{"c":"hunter22"}}`, `{"xa":` + hidden + `,"b":` + hidden + `}`},
	} {
		v, errors, warnings := decode[vault](t, &tableVault, c.text)
		if len(errors) > 0 {
			t.Errorf("%s: %q", c.text, errors)
			continue
		}
		if got := genrt.Show(&tableVault, v); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
		if last != nil {
			if genrt.Equal(&tableVault, last, v) {
				t.Errorf("%s: is equal to the value before", c.text)
			}
			shown := fmt.Sprintf("%v %+v", genrt.Diff(&tableVault, last, v), genrt.Changes(&tableVault, last, v))
			if strings.Contains(shown, "hunter") {
				t.Errorf("%s: the diff shows %s", c.text, shown)
			}
		}
		if shown := strings.Join(warnings, "\n"); strings.Contains(shown, "hunter") {
			t.Errorf("%s: the warnings show %s", c.text, shown)
		}
		last = v
	}
}
