package runtime

import (
	"encoding/json"
	"reflect"

	"github.com/hotbind/hotbind/runtime/document"
)

// equal compares two values like the Equal method of a generated type: by their own Equal
// method, lists and maps by element (nil differs from empty), and anything else deeply.
func equal[T any](a, b *T) bool {
	return equalValues(reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem())
}

func equalValues(a, b reflect.Value) bool {
	if same, ok := callEqual(a, b); ok {
		return same
	}
	switch a.Kind() {
	case reflect.Slice:
		if a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !equalValues(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		if a.IsNil() != b.IsNil() || a.Len() != b.Len() {
			return false
		}
		for _, key := range a.MapKeys() {
			if other := b.MapIndex(key); !other.IsValid() || !equalValues(a.MapIndex(key), other) {
				return false
			}
		}
		return true
	case reflect.String:
		if number, ok := a.Interface().(json.Number); ok {
			return document.CompareNumbers(string(number), b.String()) == 0
		}
	case reflect.Interface, reflect.Pointer:
		if a.IsNil() || b.IsNil() || a.Elem().Type() != b.Elem().Type() {
			return a.IsNil() && b.IsNil()
		}
		return equalValues(a.Elem(), b.Elem())
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// callEqual calls the Equal method of a with b, if there is one that takes b.
func callEqual(a, b reflect.Value) (same, ok bool) {
	if a.Kind() == reflect.Interface || a.Kind() == reflect.Pointer && a.IsNil() {
		return false, false
	}
	m := a.MethodByName("Equal")
	if !m.IsValid() || m.Type().NumIn() != 1 || m.Type().NumOut() != 1 || m.Type().Out(0).Kind() != reflect.Bool || !b.Type().AssignableTo(m.Type().In(0)) {
		return false, false
	}
	return m.Call([]reflect.Value{b})[0].Bool(), true
}
