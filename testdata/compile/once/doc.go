package once

//go:generate go run ../../../cmd/hotbind generate --no-live once.schema.yaml
