package webhook_test

import (
	"fmt"
	"time"

	rt "github.com/hotbind/hotbind/runtime"
	"github.com/hotbind/hotbind/runtime/notify/webhook"
)

// A receiver accepts requests that are signed and recent.
func ExampleVerify() {
	key := rt.NewSecret("the key that the service has too")
	body, sent := []byte(`{"id":"1"}`), time.Unix(1772625600, 0)
	header := "t=1772625600,v1=8d0a"
	err := webhook.Verify(key, header, body, 5*time.Minute, sent)
	fmt.Println(err)
	// Output: invalid signature: made with another key or for another body
}
